// SPDX-License-Identifier: Apache-2.0
import {AdderConv2D, AdderDense, Conv2D, Dense} from '@addernet/nn';
import type {FeatureMap} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {ModelOutputError} from '../training/logits.js';

/** What a classifier's last layer sees. */
export interface Penultimate {
  /** From images to the inputs of the last layer with a filter. Shares the model's layers: not to be disposed of. */
  readonly model: tfl.LayersModel;
  /** The last layer with a filter. */
  readonly classifier: tfl.layers.Layer;
}

const isKernel = ({originalName}: tfl.LayerVariable): boolean => /(^|[/_])kernel$/.test(originalName);

/**
 * Finds the last layer with a filter, on the way back from the logits, and what goes into it.
 *
 * @throws ModelOutputError if there is none, or a layer of several inputs comes after it
 */
export function penultimate(model: tfl.LayersModel): Penultimate {
  let [tensor] = model.outputs;
  while (tensor !== undefined) {
    const layer: tfl.layers.Layer = tensor.sourceLayer;
    const inputs: readonly tfl.SymbolicTensor[] = layer.inboundNodes[tensor.nodeIndex]?.inputTensors ?? [];
    const [input] = inputs;
    // An input layer's only input is its own output.
    if (input === undefined || inputs.length !== 1 || input === tensor) break;
    if (layer.weights.some(isKernel)) {
      return {model: tfl.model({inputs: model.inputs, outputs: input}), classifier: layer};
    }
    tensor = input;
  }
  throw new ModelOutputError(
    `${model.name}: expected a layer with a filter before the logits, with at most layers of one input after it; there is none`,
  );
}

/** One row of numbers for each image. @throws ModelOutputError if the model gives several outputs */
export async function featuresOf(model: tfl.LayersModel, images: tf.Tensor): Promise<Float32Array> {
  const features = tf.tidy(() => {
    const output = model.apply(images, {training: false});
    if (!(output instanceof tf.Tensor)) {
      throw new ModelOutputError(`${model.name}: expected one output tensor; the model gives several outputs`);
    }
    return tf.reshape(output, [output.shape[0] ?? 0, -1]);
  });
  try {
    return Float32Array.from(await features.data());
  } finally {
    features.dispose();
  }
}

/** The filters of a classifier on two features, where it is known what they are: points to be near to, or directions to lie in. */
export async function classifierFilters(classifier: tfl.layers.Layer): Promise<FeatureMap['filters']> {
  const kernel = classifier.weights.find(isKernel)?.read();
  const kind =
    classifier instanceof AdderDense || classifier instanceof AdderConv2D
      ? 'centers'
      : classifier instanceof Dense || classifier instanceof Conv2D
        ? 'directions'
        : undefined;
  if (kernel === undefined || kind === undefined) return undefined;
  const classes = kernel.shape.at(-1) ?? 0;
  if (kernel.size !== 2 * classes) return undefined;
  const values = await kernel.data();
  return {
    kind,
    values: Array.from(
      {length: classes},
      (_, index) => [values[index] ?? NaN, values[classes + index] ?? NaN] as const,
    ),
  };
}
