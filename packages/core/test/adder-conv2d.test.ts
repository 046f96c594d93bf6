// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {
  adderConv2d,
  ArgumentError,
  DtypeError,
  FILTER_GRADIENTS,
  GradientError,
  INPUT_GRADIENTS,
  type InputGradient,
  ShapeError,
} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
} from '@addernet/core/reference';
import {type ConvCase, convCases, expectClose, PLAIN_CASE, tensorsOf} from './support.js';

/** Rounding of float32 sums of at most some hundred terms of size ≤ 8. */
const TOLERANCE = 1e-4;

describe.each([
  {backend: 'cpu', runs: 150},
  {backend: 'wasm', runs: 80},
])('adderConv2d on $backend', ({backend, runs}) => {
  beforeAll(async () => {
    tf.enableProdMode();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend(backend);
  });

  it('equals the float64 formulas, forward and under tf.grads, on random cases', () => {
    fc.assert(
      fc.property(
        convCases(),
        fc.constantFrom(...FILTER_GRADIENTS),
        fc.constantFrom(...INPUT_GRADIENTS),
        (example, filterGradient, inputGradient) => {
          const before = tf.memory().numTensors;
          tf.tidy(() => {
            const {g, values, x, filter, dy} = tensorsOf(example);
            const {strides, pad, dilations, groups} = example;
            const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
              adderConv2d(images, weights, strides, pad, {
                dilations,
                groups,
                filterGradient,
                inputGradient,
              });
            const y = op(x, filter);
            expect(y.shape).toEqual(dy.shape);
            expectClose(y.dataSync(), adderConv2dReference(values.x, values.filter, g), TOLERANCE);
            const [dx, dFilter] = tf.grads((images, weights) => op(images, weights))([x, filter], dy);
            expect(dx.shape).toEqual(x.shape);
            expect(dFilter.shape).toEqual(filter.shape);
            expectClose(
              dx.dataSync(),
              adderConv2dBackpropInputReference(values.x, values.filter, values.dy, g, inputGradient),
              TOLERANCE,
            );
            expectClose(
              dFilter.dataSync(),
              adderConv2dBackpropFilterReference(values.x, values.filter, values.dy, g, filterGradient),
              TOLERANCE,
            );
          });
          expect(tf.memory().numTensors).toBe(before);
        },
      ),
      {numRuns: runs},
    );
  });

  it.each(
    FILTER_GRADIENTS.flatMap((filterGradient) =>
      INPUT_GRADIENTS.map((inputGradient) => ({filterGradient, inputGradient})),
    ),
  )(
    'carries NaN and infinities as the formulas do ($filterGradient, $inputGradient)',
    ({filterGradient, inputGradient}) => {
      const example: ConvCase = {...PLAIN_CASE, xShape: [2, 6, 6, 2], filterShape: [3, 3, 2, 4], pad: 'same'};
      const {g, values} = tensorsOf(example);
      for (const place of ['x', 'filter', 'dy'] as const) {
        for (const special of [NaN, Infinity, -Infinity]) {
          tf.tidy(() => {
            const changed = {...values, [place]: values[place].slice()};
            changed[place][Math.floor(changed[place].length * 0.4)] = special;
            const [x, filter] = [
              tf.tensor4d(changed.x, example.xShape),
              tf.tensor4d(changed.filter, example.filterShape),
            ];
            const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
              adderConv2d(images, weights, 1, 'same', {filterGradient, inputGradient});
            const y = op(x, filter);
            expectClose(y.dataSync(), adderConv2dReference(changed.x, changed.filter, g), TOLERANCE);
            const [dx, dFilter] = tf.grads(op)([x, filter], tf.tensor(changed.dy, y.shape));
            const {x: xs, filter: filters, dy: dys} = changed;
            expectClose(
              dx.dataSync(),
              adderConv2dBackpropInputReference(xs, filters, dys, g, inputGradient),
              TOLERANCE,
            );
            const expected = adderConv2dBackpropFilterReference(xs, filters, dys, g, filterGradient);
            // ΣdY·X − F·ΣdY makes NaN of an infinite dY, where the formula has an infinity; nothing of it is finite either way.
            const overflow = place === 'dy' && filterGradient === 'full-precision';
            const actual = [...dFilter.dataSync()];
            expectClose(
              actual,
              overflow ? expected.map((e, n) => (Number.isFinite(e) ? e : actual[n])) : expected,
              TOLERANCE,
            );
            expect(actual.map(Number.isFinite)).toEqual([...expected].map(Number.isFinite));
          });
        }
      }
    },
  );

  it('gives NaN where infinities meet', () => {
    tf.tidy(() => {
      const y = adderConv2d(
        tf.tensor4d([Infinity, 1], [1, 1, 2, 1]),
        tf.tensor4d([Infinity], [1, 1, 1, 1]),
        1,
        'valid',
      );
      expect([...y.dataSync()]).toEqual([NaN, -Infinity]);
    });
  });
});

// How work is divided does not depend on the backend; TF.js's cpu backend takes long for such cases.
describe('adderConv2d on large inputs', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });

  it.each<[string, Partial<ConvCase>]>([
    ['several parts of the batch', {xShape: [5, 30, 30, 8], filterShape: [3, 3, 8, 3], strides: [1, 1]}],
    ['several parts of the filter', {xShape: [1, 64, 64, 33], filterShape: [3, 3, 33, 1], strides: [1, 1]}],
    ['a strided grid', {xShape: [3, 33, 31, 5], filterShape: [3, 3, 5, 4], strides: [2, 3], pad: 1}],
  ])('equals the float64 formulas when the work is divided into %s', (_, change) => {
    const example: ConvCase = {...PLAIN_CASE, ...change};
    tf.tidy(() => {
      const {g, values, x, filter, dy} = tensorsOf(example);
      const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
        adderConv2d(images, weights, example.strides, example.pad);
      expectClose(op(x, filter).dataSync(), adderConv2dReference(values.x, values.filter, g), TOLERANCE);
      const [dx, dFilter] = tf.grads(op)([x, filter], dy);
      const {x: xs, filter: filters, dy: dys} = values;
      expectClose(dx.dataSync(), adderConv2dBackpropInputReference(xs, filters, dys, g), TOLERANCE);
      // Sums of thousands of products of size ≤ 8, which cancel.
      const terms = Math.sqrt(g.batch * g.outHeight * g.outWidth);
      expectClose(dFilter.dataSync(), adderConv2dBackpropFilterReference(xs, filters, dys, g), 1e-5, 8 * terms);
    });
  });
});

describe('adderConv2d', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('takes an image without batch, and plain numbers', () => {
    tf.tidy(() => {
      const {values, x, filter, dy} = tensorsOf({...PLAIN_CASE, xShape: [1, 5, 4, 2], filterShape: [3, 3, 2, 4]});
      const image = tf.tensor3d(values.x, [5, 4, 2]);
      const y = adderConv2d(image, filter.arraySync(), 1, 'same');
      expect(y.shape).toEqual([5, 4, 4]);
      expect(y.dataSync()).toEqual(adderConv2d(x, filter, 1, 'same').dataSync());
      const dImage = tf.grad((v) => adderConv2d(v, filter, 1, 'same'))(image, tf.tensor(dy.dataSync(), y.shape));
      const dx = tf.grad((v) => adderConv2d(v, filter, 1, 'same'))(x, dy);
      expect(dImage.shape).toEqual([5, 4, 2]);
      expect(dImage.dataSync()).toEqual(dx.dataSync());
    });
  });

  it('computes only the gradient that is asked for', async () => {
    const {x, filter, dy} = tensorsOf(PLAIN_CASE);
    const profile = await tf.profile(() => tf.grad((v) => adderConv2d(v, filter, 1, 'same'))(x, dy));
    expect(profile.kernelNames).toContain('AdderConv2DBackpropInput');
    expect(profile.kernelNames).not.toContain('AdderConv2DBackpropFilter');
  });

  it('adds up the gradients of a filter that is used twice', () => {
    tf.tidy(() => {
      const {g, values, filter} = tensorsOf({...PLAIN_CASE, xShape: [1, 4, 4, 2], filterShape: [1, 1, 2, 2]});
      const x = tf.tensor4d(values.x, [1, 4, 4, 2]);
      const twice = (weights: tf.Tensor): tf.Tensor =>
        adderConv2d(adderConv2d(x, weights, 1, 'same'), weights, 1, 'same');
      const dFilter = tf.grad(twice)(filter, tf.tensor4d(values.dy, [1, 4, 4, 2]));
      const hidden = adderConv2dReference(values.x, values.filter, g);
      const dHidden = adderConv2dBackpropInputReference(hidden, values.filter, values.dy, g);
      const outer = adderConv2dBackpropFilterReference(hidden, values.filter, values.dy, g);
      const inner = adderConv2dBackpropFilterReference(values.x, values.filter, dHidden, g);
      expectClose(
        dFilter.dataSync(),
        outer.map((value, index) => value + inner[index]),
        TOLERANCE,
      );
    });
  });

  it('has no second-order gradients, and says so', () => {
    const {x, filter} = tensorsOf(PLAIN_CASE);
    const first = tf.grad((v) => adderConv2d(v, filter, 1, 'same'));
    expect(() => tf.grad(first)(x)).toThrow(GradientError);
    expect(() => tf.grad(first)(x)).toThrow(/surrogates/);
  });

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      'other channels',
      () => adderConv2d(tf.zeros([1, 4, 4, 4]), tf.zeros([3, 3, 3, 2]), 1, 'same'),
      ShapeError,
      'adderConv2d: filter has inChannels 3; x has 4',
    ],
    [
      'stride 0',
      () => adderConv2d(tf.zeros([1, 4, 4, 3]), tf.zeros([3, 3, 3, 2]), 0, 'same'),
      ArgumentError,
      'adderConv2d: strides is 0; expected an integer of at least 1',
    ],
    [
      'x of rank 2',
      () => adderConv2d([[1, 2]], tf.zeros([3, 3, 3, 2]), 1, 'same'),
      ShapeError,
      'adderConv2d: x has shape [1, 2]; expected rank 4, [batch, height, width, inChannels], or rank 3',
    ],
    [
      'a filter of rank 3',
      () => adderConv2d(tf.zeros([1, 4, 4, 3]), [[[1]]], 1, 'same'),
      ShapeError,
      'adderConv2d: filter has shape [1, 1, 1]; expected rank 4',
    ],
    [
      'integers',
      () => adderConv2d(tf.zeros([1, 4, 4, 3], 'int32'), tf.zeros([3, 3, 3, 2]), 1, 'same'),
      DtypeError,
      'adderConv2d: x has dtype int32; expected float32',
    ],
    [
      'an unknown gradient',
      () =>
        adderConv2d(tf.zeros([1, 4, 4, 3]), tf.zeros([3, 3, 3, 2]), 1, 'same', {
          inputGradient: 'steep' as InputGradient,
        }),
      ArgumentError,
      "adderConv2d: inputGradient is 'steep'; expected one of 'hard-tanh', 'sign', 'full-precision'",
    ],
  ])('refuses %s', (_, attempt, ErrorClass, message) => {
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => void attempt())).toThrow(ErrorClass);
    expect(() => tf.tidy(() => void attempt())).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
