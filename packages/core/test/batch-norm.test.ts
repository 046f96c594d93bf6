// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {batchNormInference, batchNormTraining} from '@addernet/core';
import {
  batchNormInferenceReference,
  batchNormTrainingGradReference,
  batchNormTrainingReference,
} from '@addernet/core/reference';
import {expectClose, randomValues} from './support.js';

const shapes = fc.oneof(
  fc.tuple(fc.integer({min: 2, max: 70}), fc.integer({min: 1, max: 5})),
  fc.tuple(
    fc.integer({min: 1, max: 3}),
    fc.integer({min: 1, max: 5}),
    fc.integer({min: 2, max: 5}),
    fc.integer({min: 1, max: 5}),
  ),
);

describe.each(['cpu', 'wasm'])('batch normalisation on %s', (backend) => {
  beforeAll(async () => {
    tf.enableProdMode();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend(backend);
  });

  it('equals the float64 formulas in training, forward and under tf.grads', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.constantFrom(1e-5, 1e-3, 0.5), (shape, seed, epsilon) => {
        const before = tf.memory().numTensors;
        const channels = shape[shape.length - 1];
        const size = shape.reduce((product, length) => product * length, 1);
        const rows = size / channels;
        const [x, dy] = [randomValues(size, seed, 'x'), randomValues(size, seed, 'dy')];
        const [scale, offset] = [randomValues(channels, seed, 'scale'), randomValues(channels, seed, 'offset')];
        const expected = batchNormTrainingReference(x, scale, offset, rows, channels, epsilon);
        const {mean, variance} = expected;
        const gradients = batchNormTrainingGradReference(dy, x, mean, variance, scale, rows, channels, epsilon);
        // Two rows that happen to be near each other have a variance near 0, on which every gradient depends.
        fc.pre(variance.every((value) => value > 0.01));
        tf.tidy(() => {
          const inputs = [tf.tensor(x, shape), tf.tensor1d(scale), tf.tensor1d(offset)];
          const actual = batchNormTraining(tf.tensor(x, shape), scale, offset, epsilon);
          expect(actual.y.shape).toEqual(shape);
          expectClose(actual.y.dataSync(), expected.y, 1e-4);
          expectClose(actual.mean.dataSync(), mean, 1e-6);
          expectClose(actual.variance.dataSync(), variance, 1e-6);
          const [dx, dScale, dOffset] = tf.grads(
            (values: tf.Tensor, scales: tf.Tensor, offsets: tf.Tensor) =>
              batchNormTraining(values, scales as tf.Tensor1D, offsets as tf.Tensor1D, epsilon).y,
          )(inputs, tf.tensor(dy, shape));
          expect(dx.shape).toEqual(shape);
          expectClose(dx.dataSync(), gradients.dx, 1e-4, 30);
          expectClose(dScale.dataSync(), gradients.dScale, 1e-4, 30);
          expectClose(dOffset.dataSync(), gradients.dOffset, 1e-4);
        });
        expect(tf.memory().numTensors).toBe(before);
      }),
    );
  });

  it('equals the float64 formula at inference', () => {
    const [x, mean, scale, offset] = ['x', 'mean', 'scale', 'offset'].map((name) =>
      randomValues(name === 'x' ? 24 : 3, 1, name),
    );
    const variance = [0.5, 1, 2];
    const y = batchNormInference(tf.tensor4d(x, [2, 2, 2, 3]), mean, variance, scale, offset);
    expect(y.shape).toEqual([2, 2, 2, 3]);
    expectClose(y.dataSync(), batchNormInferenceReference(x, mean, variance, scale, offset, 8, 3, 1e-5), 1e-5);
  });
});
