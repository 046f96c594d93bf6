// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry, CounterRandom, type Conv2DGeometry} from '@addernet/core';
import {SGD} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {createHash} from 'node:crypto';
import {beforeAll, describe, expect, it} from 'vitest';
import {register} from '../src/index.js';
import {useThreads} from './threaded-backend.js';
import {normals, runKernelOn} from './kernel-runner.js';

/** Of the bits, in which NaN equals NaN and −0 differs from 0; and short enough to be compared at once. */
const digest = (values: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

/** Weights of a small network after a few steps of training. */
function train(operator: string): string[] {
  const batch = 24;
  const random = new CounterRandom(3, 'images');
  const images = tf.tensor(
    Float32Array.from({length: batch * 12 * 12 * 3}, () => random.normal()),
    [batch, 12, 12, 3],
  );
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({length: batch}, (_, index) => index % 5),
      'int32',
    ),
    5,
  );
  const model = createModel('tiny', {operator, numClasses: 5, inputShape: [12, 12, 3], seed: 1});
  const optimizer = new SGD({learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4});
  for (let step = 0; step < 3; step++) {
    tf.tidy(() => {
      const {grads} = tf.variableGrads(() => {
        const logits = model.apply(images, {training: true}) as tf.Tensor;
        return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
      });
      optimizer.applyGradients(grads);
    });
  }
  const weights = model.getWeights().map((weight) => digest(weight.dataSync() as Float32Array));
  tf.dispose([images, labels]);
  model.dispose();
  optimizer.dispose();
  return weights;
}

describe('training', () => {
  const expected = new Map<string, string[]>();

  // As TF.js starts the backend: on memory that is not shared, with another build of its own kernels.
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register({override: true});
    for (const operator of ['adder', 'conv']) expected.set(operator, train(operator));
    tf.removeBackend('wasm');
    await useThreads(2);
  });

  it.each([1, 2, 3])('on %i threads ends with the weights of the backend as TF.js starts it', async (threads) => {
    await useThreads(threads);
    for (const operator of ['adder', 'conv']) {
      const weights = expected.get(operator);
      expect(weights?.length).toBeGreaterThan(10);
      expect(new Set(weights).size).toBeGreaterThan(5);
      expect(train(operator)).toEqual(weights);
    }
  });
});

/** All kernels on one geometry. */
function runAll(g: Conv2DGeometry): readonly (readonly string[])[] {
  const values = (shape: readonly number[], name: string) => ({
    values: normals(
      shape.reduce((product, length) => product * length, 1),
      name,
    ),
    shape,
  });
  const x = values([g.batch, g.inHeight, g.inWidth, g.inChannels], 'x');
  const filter = values([g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels], 'filter');
  const dy = values([g.batch, g.outHeight, g.outWidth, g.outChannels], 'dy');
  const rows = {values: x.values, shape: [g.batch * g.inHeight * g.inWidth, g.inChannels]};
  const vector = values([g.inChannels], 'vector');
  const variance = {...vector, values: vector.values.map((value) => value * value)};
  const geometry = g;
  const columns = values([g.outChannels], 'columns');
  const fused = {x, filter, scale: columns, offset: columns, residual: dy};
  const matrices = {a: values([40, 7, 9], 'a'), b: values([40, 5, 9], 'b')};
  const run = (kernelName: string, inputs: Parameters<typeof runKernelOn>[1], attrs: object) => [
    `${kernelName} ${Object.values(attrs).filter((value) => typeof value === 'string')}`,
    ...runKernelOn(kernelName, inputs, attrs).map(digest),
  ];
  return [
    run('AdderConv2D', {x, filter}, {geometry}),
    run('GroupedConv2D', {x, filter}, {geometry}),
    run('FusedAdderConv2D', fused, {geometry, activation: 'relu6'}),
    run('FusedGroupedConv2D', fused, {geometry, activation: 'relu'}),
    run('AdderConv2DBackpropInput', {x, filter, dy}, {geometry, inputGradient: 'hard-tanh'}),
    run('AdderConv2DBackpropInput', {x, filter, dy}, {geometry, inputGradient: 'sign'}),
    run('AdderConv2DBackpropInput', {x, filter, dy}, {geometry, inputGradient: 'full-precision'}),
    run('GroupedConv2DBackpropInput', {filter, dy}, {geometry}),
    run('AdderConv2DBackpropFilter', {x, filter, dy}, {geometry, filterGradient: 'full-precision'}),
    run('AdderConv2DBackpropFilter', {x, filter, dy}, {geometry, filterGradient: 'sign'}),
    run('GroupedConv2DBackpropFilter', {x, dy}, {geometry}),
    run('BatchNormTraining', {x: rows, scale: vector, offset: vector}, {epsilon: 1e-5}),
    run('BatchNormTrainingGrad', {dy: rows, x: rows, mean: vector, variance, scale: vector}, {epsilon: 1e-5}),
    run('BatchNormInference', {x: rows, mean: vector, variance, scale: vector, offset: vector}, {epsilon: 1e-5}),
    run('RangeGrad', {dy: x, x}, {low: 2 ** -149, high: Infinity, keepsNaN: true}),
    // More calls of threads' own memory than one kernel otherwise makes.
    run('BatchMatMul', matrices, {transposeA: false, transposeB: true}),
  ];
}

async function expectSameOnAnyThreads(geometries: readonly Conv2DGeometry[]): Promise<void> {
  await useThreads(1);
  const expected = geometries.map(runAll);
  for (const threads of [2, 3, 5]) {
    await useThreads(threads);
    for (const [index, geometry] of geometries.entries()) expect(runAll(geometry)).toEqual(expected[index]);
  }
}

function geometryOf(
  x: [number, number, number, number],
  filter: [number, number, number, number],
  options: {strides?: number; pad?: 'same' | 'valid'; dilations?: number; groups?: number} = {},
): Conv2DGeometry {
  const {strides = 1, pad = 'same', dilations = 1, groups = 1} = options;
  return conv2dGeometry({opName: 'test', xShape: x, filterShape: filter, strides, pad, dilations, groups});
}

describe('kernels', () => {
  beforeAll(async () => {
    tf.removeBackend('wasm');
    await useThreads(2);
  });

  it('give the same bits on any number of threads where work is cut into many chunks', async () => {
    await expectSameOnAnyThreads([
      geometryOf([12, 20, 20, 16], [3, 3, 16, 16]),
      geometryOf([1, 33, 31, 5], [3, 3, 5, 40]),
      geometryOf([3, 30, 30, 20], [5, 5, 20, 12], {strides: 2}),
      geometryOf([70, 8, 8, 32], [1, 1, 32, 72], {strides: 2, pad: 'valid'}),
      geometryOf([9, 24, 24, 6], [3, 3, 3, 10], {groups: 2, dilations: 2}),
      geometryOf([2, 7, 7, 130], [3, 3, 130, 70]),
    ]);
  });

  it('give the same bits on any number of threads, whatever the geometry', async () => {
    const small = fc.integer({min: 1, max: 3});
    const size = fc.integer({min: 3, max: 20});
    const arbitrary = fc
      .record({
        batch: fc.integer({min: 0, max: 20}),
        height: size,
        width: size,
        groups: small,
        inChannels: fc.integer({min: 1, max: 20}),
        outChannels: fc.integer({min: 1, max: 35}),
        filter: fc.tuple(small, small),
        strides: small,
        pad: fc.constantFrom('same' as const, 'valid' as const),
      })
      .map(({batch, height, width, groups, inChannels, outChannels, filter: [rows, columns], strides, pad}) =>
        geometryOf([batch, height, width, inChannels * groups], [rows, columns, inChannels, outChannels * groups], {
          strides,
          pad,
          groups,
        }),
      );
    await expectSameOnAnyThreads(fc.sample(arbitrary, {numRuns: 25, seed: 5}));
  });
});
