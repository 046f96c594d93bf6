// SPDX-License-Identifier: Apache-2.0
import type {SGD} from '@addernet/nn';
import type {EpochMetrics} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';

/** A step of training. */
export interface StepPosition {
  /** 1 = the first epoch. */
  readonly epoch: number;
  /** 1 = the epoch's first step. */
  readonly step: number;
  /** Of an epoch. */
  readonly steps: number;
  /** Steps done in the whole run, this one included. */
  readonly totalSteps: number;
}

/** How large the gradient of a variable's tensor is. */
export interface GradientNorm {
  readonly variable: tf.Variable;
  /** ‖∇‖₂ */
  readonly norm: number;
  /** The same behind the local learning rate, as the optimizer goes on with it. */
  readonly adaptedNorm: number;
}

/** A step that was done. */
export interface ObservedStep extends StepPosition {
  /** Mean cross-entropy of the batch, in nats, before the update. */
  readonly loss: number;
  /** Fraction of the batch, before the update. */
  readonly top1: number;
  /** That the update was made with. */
  readonly learningRate: number;
  /** Mean over the epoch so far. */
  readonly imagesPerSecond: number;
  /** Of the variables that were asked for. */
  readonly gradients: readonly GradientNorm[];
}

/** Looks on while a model is trained; what it is told of an epoch, it is told before the checkpoint of the epoch's end is written. */
export interface TrainingObserver {
  /** The variables whose gradients are to be measured in a step that is about to be done; none: nothing is measured. */
  gradientsOf(position: StepPosition): readonly tf.Variable[];
  /** Awaited, and counted as training time: to return soon. */
  onStep(step: ObservedStep): Promise<void> | void;
  /** Awaited; its time is not counted. `totalSteps` are those done in the whole run. */
  onEpoch(metrics: EpochMetrics, totalSteps: number): Promise<void> | void;
}

/**
 * The norms of some variables' gradients: sums of squares where the tensors are, and one small tensor read back.
 *
 * @param gradients by variable name
 */
export async function gradientNorms(
  gradients: tf.NamedTensorMap,
  variables: readonly tf.Variable[],
  optimizer: SGD,
): Promise<GradientNorm[]> {
  const pairs = variables.flatMap((variable) => {
    const gradient = gradients[variable.name];
    return gradient instanceof tf.Tensor ? [{variable, gradient}] : [];
  });
  if (pairs.length === 0) return [];
  const stacked = tf.tidy(() => tf.sqrt(tf.stack(pairs.map(({gradient}) => tf.sum(tf.square(gradient))))));
  try {
    const norms = await stacked.data();
    return pairs.map(({variable}, index) => {
      const norm = norms[index] ?? NaN;
      return {variable, norm, adaptedNorm: optimizer.adaptedNorm(variable, norm)};
    });
  } finally {
    stacked.dispose();
  }
}
