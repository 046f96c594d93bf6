// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {
  ACTIVATIONS,
  adderConv2d,
  ArgumentError,
  batchNormInference,
  conv2d,
  DtypeError,
  fusedAdderConv2d,
  fusedConv2d,
  GradientError,
  ShapeError,
} from '@addernet/core';
import {fusedAdderConv2dReference, fusedConv2dReference} from '@addernet/core/reference';
import {convCases, expectClose, randomValues, tensorsOf} from './support.js';

const OPS = [
  {name: 'fusedAdderConv2d', fused: fusedAdderConv2d, op: adderConv2d, reference: fusedAdderConv2dReference},
  {name: 'fusedConv2d', fused: fusedConv2d, op: conv2d, reference: fusedConv2dReference},
];

describe.each(['cpu', 'wasm'])('fused ops on %s', (backend) => {
  beforeAll(async () => {
    tf.enableProdMode();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend(backend);
  });

  describe.each(OPS)('$name', ({name, fused, op, reference}) => {
    it('equals the float64 formula on random cases, and leaves nothing behind', () => {
      fc.assert(
        fc.property(convCases(), fc.constantFrom(...ACTIVATIONS), fc.boolean(), (example, activation, added) => {
          const before = tf.memory().numTensors;
          tf.tidy(() => {
            const {g, values, x, filter, dy} = tensorsOf(example);
            const {strides, pad, dilations, groups, seed} = example;
            const scale = randomValues(g.outChannels, seed, 'scale');
            const offset = randomValues(g.outChannels, seed, 'offset').map((value) => value * 10);
            // dY has y's shape, which is all that a residual needs.
            const residual = added ? {residual: dy} : {};
            const y = fused({x, filter, strides, pad, dilations, groups, scale, offset, activation, ...residual});
            expect(y.shape).toEqual(dy.shape);
            const epilogue = {scale, offset, activation, ...(added ? {residual: values.dy} : {})};
            expectClose(y.dataSync(), reference(values.x, values.filter, g, epilogue), 1e-4);
          });
          expect(tf.memory().numTensors).toBe(before);
        }),
        {numRuns: 60},
      );
    });

    it('is the op, batch normalisation, the sum and the activation, one after the other', () => {
      tf.tidy(() => {
        const x = tf.tensor4d(randomValues(2 * 5 * 5 * 4, 1, 'x'), [2, 5, 5, 4]);
        const filter = tf.tensor4d(randomValues(3 * 3 * 4 * 3, 1, 'filter'), [3, 3, 4, 3]);
        const residual = tf.tensor4d(randomValues(2 * 3 * 3 * 3, 1, 'residual'), [2, 3, 3, 3]);
        const [mean, gamma, beta] = ['mean', 'gamma', 'beta'].map((stream) => randomValues(3, 1, stream));
        const variance = [0.5, 20, 300];
        const scale = gamma.map((value, c) => value / Math.sqrt(variance[c] + 1e-5));
        const offset = beta.map((value, c) => value - mean[c] * scale[c]);
        const steps = tf.relu(tf.add(batchNormInference(op(x, filter, 2, 1), mean, variance, gamma, beta), residual));
        const y = fused({x, filter, strides: 2, pad: 1, scale, offset, residual, activation: 'relu'});
        expectClose(y.dataSync(), steps.dataSync(), 1e-5, 100);
      });
    });

    it('takes an image without a batch, and the op alone', () => {
      tf.tidy(() => {
        const image = tf.tensor3d(randomValues(4 * 5 * 2, 2, 'x'), [4, 5, 2]);
        const filter = tf.tensor4d(randomValues(3 * 3 * 2 * 3, 2, 'filter'), [3, 3, 2, 3]);
        const plain = op(image, filter, 1, 'same');
        expect(fused({x: image, filter, strides: 1, pad: 'same'}).shape).toEqual([4, 5, 3]);
        expectClose(fused({x: image, filter, strides: 1, pad: 'same'}).dataSync(), plain.dataSync(), 0);
        const doubled = fused({x: image, filter, strides: 1, pad: 'same', residual: plain});
        expect(doubled.shape).toEqual([4, 5, 3]);
        expectClose(doubled.dataSync(), tf.mul(plain, 2).dataSync(), 0);
      });
    });

    it('keeps NaN through every activation, and clamps infinities', () => {
      tf.tidy(() => {
        const args = {x: tf.ones([1, 1, 1, 1]), filter: tf.ones([1, 1, 1, 3]), strides: 1, pad: 'valid'} as const;
        const offset = [NaN, Infinity, -Infinity];
        const run = (activation: (typeof ACTIVATIONS)[number]) => [...fused({...args, offset, activation}).dataSync()];
        expect(run('linear')).toEqual([NaN, Infinity, -Infinity]);
        expect(run('relu')).toEqual([NaN, Infinity, 0]);
        expect(run('relu6')).toEqual([NaN, 6, 0]);
      });
    });

    it('has no gradient, and says what to train with', () => {
      tf.tidy(() => {
        const filter = tf.ones([1, 1, 1, 1]);
        const gradient = tf.grad((x) => fused({x, filter, strides: 1, pad: 'valid'}));
        expect(() => gradient(tf.ones([1, 2, 2, 1]))).toThrow(GradientError);
        expect(() => gradient(tf.ones([1, 2, 2, 1]))).toThrow(
          new RegExp(
            `${name} is for inference and has no gradient; train with ${op === conv2d ? 'conv' : 'adderConv'}2d`,
          ),
        );
      });
    });

    it.each<[string, () => unknown, new (message: string) => Error, string]>([
      [
        'a scale of another length',
        () => fused({x: tf.ones([1, 3, 3, 2]), filter: tf.ones([3, 3, 2, 4]), strides: 1, pad: 'same', scale: [1, 2]}),
        ShapeError,
        `${name}: scale has shape [2]; filter has outChannels 4, expected [4]`,
      ],
      [
        'a residual of another shape',
        () =>
          fused({
            x: tf.ones([1, 3, 3, 2]),
            filter: tf.ones([3, 3, 2, 4]),
            strides: 1,
            pad: 'valid',
            residual: tf.ones([1, 3, 3, 4]),
          }),
        ShapeError,
        `${name}: residual has shape [1, 3, 3, 4]; expected y's, [1, 1, 1, 4]`,
      ],
      [
        'an activation it does not know',
        () =>
          fused({
            x: tf.ones([1, 3, 3, 2]),
            filter: tf.ones([3, 3, 2, 4]),
            strides: 1,
            pad: 'same',
            activation: 'elu' as 'relu',
          }),
        ArgumentError,
        `${name}: activation is 'elu'; expected one of 'linear', 'relu', 'relu6'`,
      ],
      [
        'integers',
        () =>
          fused({
            x: tf.ones([1, 3, 3, 2]),
            filter: tf.ones([3, 3, 2, 1]),
            strides: 1,
            pad: 'same',
            offset: tf.ones([1], 'int32'),
          }),
        DtypeError,
        `${name}: offset has dtype int32; expected float32`,
      ],
      [
        'channels that do not fit',
        () => fused({x: tf.ones([1, 3, 3, 4]), filter: tf.ones([3, 3, 3, 1]), strides: 1, pad: 'same'}),
        ShapeError,
        `${name}: filter has inChannels 3; x has 4`,
      ],
    ])('refuses %s', (_, attempt, ErrorClass, message) => {
      expect(() => tf.tidy(() => void attempt())).toThrow(ErrorClass);
      expect(() => tf.tidy(() => void attempt())).toThrow(message);
    });
  });
});
