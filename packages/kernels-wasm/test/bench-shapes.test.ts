// SPDX-License-Identifier: Apache-2.0
import {layerName, type LayerShape, shapeSets} from '@addernet/conformance/bench';
import {Conv2DLayer} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {expect, it} from 'vitest';

/** Input size and classes do not change which layers there are. */
const MODELS = [
  ['resnet20', 32],
  ['vgg-small', 32],
  ['resnet18', 224],
] as const;

function layersOf(name: string, size: number): Map<string, number> {
  const model = createModel(name, {operator: 'conv', numClasses: 10, inputShape: [size, size, 3], seed: 0});
  const counts = new Map<string, number>();
  for (const layer of model.layers) {
    if (!(layer instanceof Conv2DLayer)) continue;
    const {kernelSize, strides} = layer.getConfig() as {kernelSize: number[]; strides: number[]};
    const [, height, , inChannels] = layer.inputSpec?.[0]?.shape ?? (layer.input as {shape: number[]}).shape;
    // The classifier, where the operator has it as a 1 × 1 convolution, is left to the dense layers.
    if (height === 1) continue;
    const [, , , outChannels] = layer.outputShape as number[];
    const shape = {size: height, inChannels, outChannels, filterSize: kernelSize[0], stride: strides[0]} as LayerShape;
    const key = layerName(shape);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  model.dispose();
  return counts;
}

it.each(MODELS)('the bench has every layer shape of %s, as often as the model of the zoo', async (name, size) => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const set = shapeSets.find((candidate) => candidate.name === name);
  expect(new Map(set?.layers.map((layer) => [layerName(layer), layer.count]))).toEqual(layersOf(name, size));
});
