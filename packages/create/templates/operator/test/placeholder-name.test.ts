// SPDX-License-Identifier: Apache-2.0
import '@addernet/kernels-cpu/register';
import {
  batchNormalization,
  convOperator,
  countOperations,
  fromModelArtifacts,
  SGD,
  toModelArtifacts,
} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, expect, it} from 'vitest';
import {PlaceholderNameConv2D} from '../src/placeholder-name-conv2d.js';
import {PlaceholderNameDense} from '../src/placeholder-name-dense.js';
import {placeholderNameOperator} from '../src/placeholder-name.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  tf.serialization.registerClass(PlaceholderNameConv2D);
  tf.serialization.registerClass(PlaceholderNameDense);
});

/** What one tap adds to the output: the operator's definition, against which the layers are held. */
const tap = (x: number, weight: number): number => -((x - weight) ** 2);

const normal = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

function network(): tfl.LayersModel {
  const input = tfl.input({shape: [6, 6, 2], name: 'input'});
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    layer.apply(x) as tfl.SymbolicTensor;
  let x = apply(
    placeholderNameOperator.conv2d({name: 'conv', filters: 4, kernelSize: 3, strides: 2, padding: 1, seed: 1}),
    input,
  );
  // Distances are large and negative: normalisation follows, as in every network of the zoo.
  x = apply(batchNormalization({name: 'conv.bn'}), x);
  x = apply(tfl.layers.flatten({name: 'flatten'}), x);
  x = apply(placeholderNameOperator.dense({name: 'dense', units: 3, seed: 1}), x);
  x = apply(batchNormalization({name: 'dense.bn'}), x);
  return tfl.model({inputs: input, outputs: x});
}

it.each([
  {strides: 1, padding: 0, groups: 1},
  {strides: 2, padding: 1, groups: 1},
  {strides: 1, padding: 1, groups: 2},
])('its 2-D layer is the definition: %o', async ({strides, padding, groups}) => {
  const [height, width, channels, filters, size] = [5, 4, 4, 6, 3];
  const layer = placeholderNameOperator.conv2d({
    name: 'conv',
    filters,
    kernelSize: size,
    strides,
    padding,
    groups,
    seed: 1,
  });
  const x = normal([2, height, width, channels], 1);
  const y = layer.apply(x) as tf.Tensor4D;
  const [kernel] = layer.getWeights();
  const [values, weights] = [await x.array(), await kernel.array()] as [number[][][][], number[][][][]];
  const got = await y.array();
  const perGroup = channels / groups;
  got.forEach((image, index) =>
    image.forEach((row, outRow) =>
      row.forEach((pixel, outColumn) =>
        pixel.forEach((value, filter) => {
          let expected = 0;
          const firstChannel = Math.floor(filter / (filters / groups)) * perGroup;
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++)
              for (let k = 0; k < perGroup; k++) {
                const inside = values[index][outRow * strides + i - padding]?.[outColumn * strides + j - padding];
                expected += tap(inside?.[firstChannel + k] ?? 0, weights[i][j][k][filter]);
              }
          expect(value).toBeCloseTo(expected, 3);
        }),
      ),
    ),
  );
  expect(y.shape).toEqual([
    2,
    1 + Math.floor((height + 2 * padding - size) / strides),
    1 + Math.floor((width + 2 * padding - size) / strides),
    filters,
  ]);
});

it('its fully connected layer is the definition', async () => {
  const layer = placeholderNameOperator.dense({name: 'dense', units: 3, seed: 1});
  const x = normal([2, 5], 2);
  const y = layer.apply(x) as tf.Tensor2D;
  const [kernel] = layer.getWeights();
  const [values, weights] = [await x.array(), await kernel.array()] as [number[][], number[][]];
  (await y.array()).forEach((row, index) =>
    row.forEach((value, unit) => {
      const expected = values[index].reduce((sum, each, feature) => sum + tap(each, weights[feature][unit]), 0);
      expect(value).toBeCloseTo(expected, 4);
    }),
  );
});

it('counts find its layers, and know what a tap costs', () => {
  const model = network();
  const {taps, multiplications, additions} = countOperations(model, [placeholderNameOperator, convOperator]);
  expect(taps).toBe(3 * 3 * (3 * 3 * 2 * 4) + 3 * 3 * 4 * 3);
  expect(multiplications).toBe(taps * placeholderNameOperator.operationsPerTap.multiplications);
  expect(additions).toBe(taps * placeholderNameOperator.operationsPerTap.additions);
});

it('a model with it learns, and is the same after saving and loading', async () => {
  const model = network();
  model.compile({optimizer: new SGD({learningRate: 0.01, momentum: 0.9}), loss: 'meanSquaredError'});
  const x = normal([8, 6, 6, 2], 3);
  const y = normal([8, 3], 4);
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) losses.push(Number(await model.trainOnBatch(x, y)));
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(losses.at(-1)).toBeLessThan(losses[0]);
  const loaded = await fromModelArtifacts(await toModelArtifacts(model));
  const [before, after] = [model, loaded].map((each) => [...(each.predict(x) as tf.Tensor).dataSync()]);
  expect(after).toEqual(before);
});
