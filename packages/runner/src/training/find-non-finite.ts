// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** On the host: not every backend has the ops, and it is asked once. Not every one reads synchronously either. */
const allFinite = async (tensor: tf.Tensor): Promise<boolean> =>
  (await tensor.data()).every((value) => Number.isFinite(value));

type Value = ReturnType<LayersModel['apply']>;
type LayerInput = LayersModel['inputs'][number];

/**
 * Where a network first leaves the finite numbers on a batch: a layer with a weight that is not finite, otherwise the first whose output is not;
 * undefined where everything is finite. Walks the layers one after the other, so it is slow, and it updates running statistics.
 *
 * @param images [batch, height, width, channels]
 * @returns e.g. "weight conv2/kernel" or "output of layer bn2"
 */
export async function findNonFinite(model: LayersModel, images: tf.Tensor): Promise<string | undefined> {
  if (!(await allFinite(images))) return 'the images';
  for (const weight of model.weights) {
    if (!(await allFinite(weight.read()))) return `weight ${weight.originalName}`;
  }
  const results = layerOutputs(model, images);
  try {
    for (const {layer, output} of results) {
      if (!(await allFinite(output))) return `output of layer ${layer}`;
    }
    return undefined;
  } finally {
    tf.dispose(results.map(({output}) => output));
  }
}

/** What each layer makes of the images, in the model's order. */
function layerOutputs(model: LayersModel, images: tf.Tensor): {layer: string; output: tf.Tensor}[] {
  return tf.tidy(() => {
    const results: {layer: string; output: tf.Tensor}[] = [];
    const values = new Map<number, Value>(model.inputs.map((input) => [input.id, images]));
    for (const layer of model.layers) {
      const [node] = layer.inboundNodes;
      const inputs: readonly LayerInput[] = node?.inputTensors ?? [];
      const outputs: readonly LayerInput[] = node?.outputTensors ?? [];
      const known = inputs.flatMap((input) => values.get(input.id) ?? []).filter((value) => value instanceof tf.Tensor);
      // An input layer, or one fed by what is not walked here (several outputs).
      if (outputs.some((output) => values.has(output.id)) || known.length !== inputs.length) continue;
      const [single] = known;
      const result = layer.apply(known.length === 1 && single !== undefined ? single : known, {training: true});
      const [output] = outputs;
      if (!(result instanceof tf.Tensor) || output === undefined) continue;
      // A layer may give the very tensor that it got.
      results.push({layer: layer.name, output: tf.clone(result)});
      values.set(output.id, result);
    }
    return results;
  });
}
