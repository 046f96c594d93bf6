// SPDX-License-Identifier: Apache-2.0
import {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {RunnerError} from '../errors.js';

/** A model that does not give what a classifier must: one [batch, classes] tensor of logits. */
export class ModelOutputError extends RunnerError {
  constructor(message: string) {
    super('ADDERNET_MODEL_OUTPUT', message);
  }
}

/**
 * The model's logits, [batch, classes].
 *
 * @param training batch statistics and updates of the running ones, rather than the running statistics
 * @throws ModelOutputError if the output has another shape
 */
export function applyModel(model: LayersModel, images: Tensor, classes: number, training: boolean): Tensor {
  const output = model.apply(images, {training});
  if (!(output instanceof Tensor)) {
    throw new ModelOutputError(`${model.name}: expected one output tensor; the model gives several outputs`);
  }
  const batch = images.shape[0] ?? 0;
  if (output.rank !== 2 || output.shape[0] !== batch || output.shape[1] !== classes) {
    throw new ModelOutputError(
      `${model.name}: expected logits of shape [${batch},${classes}]; the model gives [${output.shape.join(',')}]`,
    );
  }
  return output;
}
