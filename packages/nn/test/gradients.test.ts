// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry, type Conv2DGeometry, type Padding} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
  conv2dBackpropFilterReference,
  conv2dBackpropInputReference,
  conv2dReference,
} from '@addernet/core/reference';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {adderConv2d, adderDense, conv2d, dense, SGD} from '../src/index.js';
import {chain, expectClose, normals, useCpu, variableNamed} from './helpers.js';

beforeAll(useCpu);

const paddings = fc.oneof(
  fc.constantFrom<Padding[]>('same', 'valid', 1),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([top, bottom, left, right]): Padding => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]),
);

const cases = fc.record({
  batch: fc.integer({min: 1, max: 2}),
  height: fc.integer({min: 3, max: 6}),
  width: fc.integer({min: 3, max: 6}),
  groups: fc.integer({min: 1, max: 2}),
  inPerGroup: fc.integer({min: 1, max: 3}),
  outPerGroup: fc.integer({min: 1, max: 3}),
  kernelSize: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 1, max: 3})),
  strides: fc.tuple(fc.integer({min: 1, max: 2}), fc.integer({min: 1, max: 3})),
  dilations: fc.tuple(fc.integer({min: 1, max: 2}), fc.integer({min: 1, max: 2})),
  padding: paddings,
  useBias: fc.boolean(),
  filterGradient: fc.constantFrom('full-precision' as const, 'sign' as const),
  inputGradient: fc.constantFrom('hard-tanh' as const, 'sign' as const, 'full-precision' as const),
  seed: fc.nat(1000),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function geometryOf(c: Case): Conv2DGeometry | undefined {
  const inChannels = c.groups * c.inPerGroup;
  try {
    return conv2dGeometry({
      opName: 'test',
      xShape: [c.batch, c.height, c.width, inChannels],
      filterShape: [...c.kernelSize, c.inPerGroup, c.groups * c.outPerGroup],
      strides: c.strides,
      pad: c.padding,
      dilations: c.dilations,
      groups: c.groups,
    });
  } catch {
    return undefined; // The window does not fit.
  }
}

function operands(c: Case, g: Conv2DGeometry): {x: Float32Array; dy: Float32Array} {
  return {
    x: normals(g.batch * g.inHeight * g.inWidth * g.inChannels, 'x', c.seed),
    dy: normals(g.batch * g.outHeight * g.outWidth * g.outChannels, 'dy', c.seed),
  };
}

function biasGradient(dy: Float32Array, channels: number): number[] {
  const sums = new Array<number>(channels).fill(0);
  dy.forEach((value, i) => (sums[i % channels] = (sums[i % channels] ?? 0) + value));
  return sums;
}

const tolerance = {absolute: 2e-5, relative: 2e-5};

describe('gradients of the layers equal the float64 formulas', () => {
  for (const operator of ['adder', 'conv'] as const) {
    it(`${operator}: forward, input, kernel and bias gradients on many shapes`, () => {
      fc.assert(
        fc.property(cases, (c) => {
          const g = geometryOf(c);
          fc.pre(g !== undefined);
          const {filterGradient, inputGradient, kernelSize, strides, padding, dilations, groups, useBias, seed} = c;
          const shared = {
            name: `layer${seed}`,
            filters: groups * c.outPerGroup,
            kernelSize,
            strides,
            padding,
            dilations,
          };
          const config = {...shared, groups, useBias, seed, biasInitializer: 'ones'};
          const layer = operator === 'adder' ? adderConv2d({...config, filterGradient, inputGradient}) : conv2d(config);
          const model = chain([c.height, c.width, g.inChannels], [layer]);
          const {x, dy} = operands(c, g);
          const kernel = variableNamed(model, `layer${seed}/kernel`);
          const filter = kernel.dataSync<'float32'>();
          const xVariable = tf.variable(tf.tensor4d(x, [c.batch, c.height, c.width, g.inChannels]));
          const yShape = [g.batch, g.outHeight, g.outWidth, g.outChannels];
          const dyTensor = tf.tensor(dy, yShape);
          const loss = (): tf.Scalar => {
            const y = model.apply(xVariable, {training: true}) as tf.Tensor;
            expect(y.shape).toEqual(yShape);
            return tf.sum(tf.mul(y, dyTensor)) as tf.Scalar;
          };
          const y = model.predict(xVariable) as tf.Tensor;
          const expectedY = operator === 'adder' ? adderConv2dReference(x, filter, g) : conv2dReference(x, filter, g);
          expectClose(y.dataSync(), useBias ? expectedY.map((value) => value + 1) : expectedY, tolerance);

          const {grads} = tf.variableGrads(loss);
          const gradient = (name: string): ArrayLike<number> => grads[name]?.dataSync<'float32'>() ?? [];
          const expectedKernel =
            operator === 'adder'
              ? adderConv2dBackpropFilterReference(x, filter, dy, g, filterGradient)
              : conv2dBackpropFilterReference(x, dy, g);
          expectClose(gradient(kernel.name), expectedKernel, tolerance);
          const expectedX =
            operator === 'adder'
              ? adderConv2dBackpropInputReference(x, filter, dy, g, inputGradient)
              : conv2dBackpropInputReference(filter, dy, g);
          expectClose(gradient(xVariable.name), expectedX, tolerance);
          if (useBias) {
            const bias = variableNamed(model, `layer${seed}/bias`);
            expectClose(gradient(bias.name), biasGradient(dy, g.outChannels), tolerance);
          }
          tf.dispose([xVariable, dyTensor, y, ...Object.values(grads)]);
          model.dispose();
        }),
        {numRuns: 60},
      );
    });

    it(`${operator}: fit's step is the formula's`, async () => {
      await fc.assert(
        fc.asyncProperty(cases, async (c) => {
          const g = geometryOf(c);
          fc.pre(g !== undefined);
          const {filterGradient, inputGradient, kernelSize, strides, padding, dilations, groups, seed} = c;
          const config = {
            name: `fit${seed}`,
            filters: groups * c.outPerGroup,
            kernelSize,
            strides,
            padding,
            dilations,
            groups,
          };
          const layer = operator === 'adder' ? adderConv2d({...config, filterGradient, inputGradient}) : conv2d(config);
          const model = chain([c.height, c.width, g.inChannels], [layer]);
          const {x, dy} = operands(c, g);
          const kernel = variableNamed(model, `fit${seed}/kernel`);
          const before = Float32Array.from(kernel.dataSync<'float32'>());
          const optimizer = new SGD({learningRate: 1, localLearningRate: false});
          model.compile({optimizer, loss: (target: tf.Tensor, y: tf.Tensor) => tf.sum(tf.mul(target, y))});
          const xs = tf.tensor4d(x, [c.batch, c.height, c.width, g.inChannels]);
          const ys = tf.tensor4d(dy, [g.batch, g.outHeight, g.outWidth, g.outChannels]);
          await model.fit(xs, ys, {batchSize: g.batch, epochs: 1, shuffle: false, verbose: 0});
          const gradient =
            operator === 'adder'
              ? adderConv2dBackpropFilterReference(x, before, dy, g, filterGradient)
              : conv2dBackpropFilterReference(x, dy, g);
          expectClose(
            kernel.dataSync(),
            gradient.map((value, i) => (before[i] ?? NaN) - value),
            tolerance,
          );
          tf.dispose([xs, ys]);
          optimizer.dispose();
          model.dispose();
        }),
        {numRuns: 12},
      );
    });
  }

  it('adder and ordinary dense layers', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 4}),
        fc.integer({min: 1, max: 9}),
        fc.integer({min: 1, max: 5}),
        fc.boolean(),
        (batch, features, units, adder) => {
          const config = {name: 'head', units, biasInitializer: 'ones'};
          const model = chain([features], [adder ? adderDense(config) : dense(config)]);
          const x = normals(batch * features, 'x', features);
          const dy = normals(batch * units, 'dy', units);
          const kernel = variableNamed(model, 'head/kernel');
          expect(kernel.shape).toEqual([features, units]);
          const w = kernel.dataSync<'float32'>();
          const g = conv2dGeometry({
            opName: 'test',
            xShape: [batch, 1, 1, features],
            filterShape: [1, 1, features, units],
            strides: 1,
            pad: 'valid',
          });
          const xVariable = tf.variable(tf.tensor2d(x, [batch, features]));
          const {value, grads} = tf.variableGrads(() => {
            const y = model.apply(xVariable, {training: true}) as tf.Tensor;
            return tf.sum(tf.mul(y, tf.tensor2d(dy, [batch, units]))) as tf.Scalar;
          });
          const y = adder ? adderConv2dReference(x, w, g) : conv2dReference(x, w, g);
          expectClose(value.dataSync(), [y.reduce((sum, yi, i) => sum + (yi + 1) * (dy[i] ?? NaN), 0)], {
            absolute: 1e-4,
            relative: 1e-5,
          });
          expectClose(
            grads[kernel.name]?.dataSync<'float32'>() ?? [],
            adder
              ? adderConv2dBackpropFilterReference(x, w, dy, g, 'full-precision')
              : conv2dBackpropFilterReference(x, dy, g),
            tolerance,
          );
          expectClose(
            grads[xVariable.name]?.dataSync<'float32'>() ?? [],
            adder
              ? adderConv2dBackpropInputReference(x, w, dy, g, 'hard-tanh')
              : conv2dBackpropInputReference(w, dy, g),
            tolerance,
          );
          expectClose(
            grads[variableNamed(model, 'head/bias').name]?.dataSync<'float32'>() ?? [],
            biasGradient(dy, units),
          );
          tf.dispose([xVariable, value, ...Object.values(grads)]);
          model.dispose();
        },
      ),
      {numRuns: 30},
    );
  });
});
