// SPDX-License-Identifier: Apache-2.0
import type {Batch} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {NonFiniteLossError} from '../errors.js';
import {findNonFinite} from './find-non-finite.js';
import {applyModel} from './logits.js';

export interface TrainStepOptions {
  readonly model: LayersModel;
  readonly optimizer: tf.Optimizer;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  readonly numClasses: number;
}

export interface TrainStepResult {
  /** [size, numClasses], before the update. */
  readonly logits: ArrayLike<number>;
  /** What was differentiated: mean cross-entropy plus the layers' regularisation losses. */
  readonly objective: number;
}

/** The variables that training changes. */
export function trainableVariables(model: LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read()).filter((value) => value instanceof tf.Variable);
}

function oneHot(labels: Int32Array, size: number, classes: number): tf.Tensor2D {
  const values = new Float32Array(size * classes);
  for (let row = 0; row < size; row++) values[row * classes + (labels[row] ?? 0)] = 1;
  return tf.tensor2d(values, [size, classes]);
}

/**
 * One step: forward, softmax cross-entropy on the logits (computed from log-sum-exp, so that large logits do not overflow), backward, `check`,
 * update. Nothing is updated when `check` throws, batch normalisation's running statistics excepted.
 */
export async function trainStep(
  {model, optimizer, imageShape, numClasses}: TrainStepOptions,
  batch: Batch,
  check: (result: TrainStepResult) => void,
): Promise<void> {
  const images = tf.tensor4d(batch.images, [batch.size, ...imageShape]);
  const labels = oneHot(batch.labels, batch.size, numClasses);
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
        throw error instanceof NonFiniteLossError ? error.from(findNonFinite(model, images)) : error;
      }
      optimizer.applyGradients(grads);
    } finally {
      tf.dispose([value, grads]);
    }
  } finally {
    tf.dispose([images, labels]);
    kept?.dispose();
  }
}
