// SPDX-License-Identifier: Apache-2.0
import type {SGD} from '@addernet/nn';
import type {Batch} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {HalfUpdateError, NonFiniteLossError} from '../errors.js';
import {findNonFinite} from './find-non-finite.js';
import {applyModel} from './logits.js';
import {gradientNorms, type GradientNorm} from './observer.js';

export interface TrainStepOptions {
  readonly model: LayersModel;
  readonly optimizer: SGD;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  readonly numClasses: number;
  /** Variables whose gradients are to be measured; default none. */
  readonly measured?: readonly tf.Variable[];
}

export interface TrainStepResult {
  /** [size, numClasses], before the update. */
  readonly logits: ArrayLike<number>;
  /** What was differentiated: mean cross-entropy plus the layers' regularisation losses. */
  readonly objective: number;
}

/** The variables that training changes. */
function trainableVariables(model: LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read()).filter((value) => value instanceof tf.Variable);
}

function oneHot(labels: Int32Array, size: number, classes: number): tf.Tensor2D {
  const values = new Float32Array(size * classes);
  for (let row = 0; row < size; row++) values[row * classes + (labels[row] ?? 0)] = 1;
  return tf.tensor2d(values, [size, classes]);
}

/** The variables that a forward pass changes: batch normalisation's running statistics. */
function statisticsOf(model: LayersModel): tf.Variable[] {
  return model.nonTrainableWeights.map((weight) => weight.read()).filter((value) => value instanceof tf.Variable);
}

/** What ops keep for their gradients is disposed of by TF.js at the end of the backward pass only, which is not reached where the forward pass throws. */
function disposeTape(): void {
  const {state} = tf.engine();
  for (const {saved} of state.activeTape ?? []) tf.dispose(saved ?? []);
  state.activeTape = [];
}

/**
 * One step: forward, softmax cross-entropy on the logits (computed from log-sum-exp, so that large logits do not overflow), backward, `check`,
 * update. Whatever throws before the update, `check` included, leaves the model and the optimizer as they were before the step.
 *
 * @returns the norms of the gradients that were to be measured
 * @throws HalfUpdateError if the update itself fails, after which the weights are neither those before nor those after the step
 */
export async function trainStep(
  {model, optimizer, imageShape, numClasses, measured = []}: TrainStepOptions,
  batch: Batch,
  check: (result: TrainStepResult) => void,
): Promise<readonly GradientNorm[]> {
  const statistics = statisticsOf(model);
  // Tidied up where there is no room for all of them.
  const {images, labels, before} = tf.tidy(() => ({
    images: tf.tensor4d(batch.images, [batch.size, ...imageShape]),
    labels: oneHot(batch.labels, batch.size, numClasses),
    before: statistics.map((variable) => tf.clone(variable)),
  }));
  let kept: tf.Tensor | undefined;
  try {
    const {value, grads} = tf.variableGrads(() => {
      const logits = applyModel(model, images, numClasses, true);
      kept = tf.keep(logits);
      const crossEntropy = tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, logits);
      return model.calculateLosses().reduce((sum, loss) => tf.add<tf.Scalar>(sum, loss), crossEntropy);
    }, trainableVariables(model));
    try {
      const logits = (await kept?.data()) ?? new Float32Array();
      const [objective = NaN] = await value.data();
      try {
        check({logits, objective});
      } catch (error) {
        throw error instanceof NonFiniteLossError ? error.from(await findNonFinite(model, images)) : error;
      }
      const norms = await gradientNorms(grads, measured, optimizer);
      try {
        optimizer.applyGradients(grads);
      } catch (error) {
        throw new HalfUpdateError(error);
      }
      return norms;
    } finally {
      tf.dispose([value, grads]);
    }
  } catch (error) {
    if (!(error instanceof HalfUpdateError)) {
      before.forEach((value, index) => statistics[index]?.assign(value));
    }
    disposeTape();
    throw error;
  } finally {
    tf.dispose([images, labels, ...before]);
    kept?.dispose();
  }
}
