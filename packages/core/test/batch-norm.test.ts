// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {
  ArgumentError,
  batchNormInference,
  batchNormTraining,
  DtypeError,
  GradientError,
  ShapeError,
} from '@addernet/core';
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
              batchNormTraining(values, scales, offsets, epsilon).y,
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

  it('keeps its accuracy under the large negative means of adder layers, over many rows', () => {
    tf.tidy(() => {
      const [rows, channels] = [20_001, 2];
      const x = randomValues(rows * channels, 3, 'x').map((value) => value * 10 - 3000);
      const {y, mean, variance} = batchNormTraining(tf.tensor2d(x, [rows, channels]), [1, 1], [0, 0]);
      const expected = batchNormTrainingReference(x, [1, 1], [0, 0], rows, channels, 1e-5);
      expectClose(mean.dataSync(), expected.mean, 1e-6);
      expectClose(variance.dataSync(), expected.variance, 1e-5);
      expectClose(y.dataSync(), expected.y, 1e-4);
    });
  });

  it('has the gradients that finite differences show', () => {
    const [rows, channels, epsilon, step] = [7, 3, 1e-3, 1e-6];
    const inputs = {
      x: Float64Array.from(randomValues(rows * channels, 4, 'x')),
      scale: Float64Array.from(randomValues(channels, 4, 'scale')),
      offset: Float64Array.from(randomValues(channels, 4, 'offset')),
    };
    const dy = randomValues(rows * channels, 4, 'dy');
    const loss = ({x, scale, offset}: typeof inputs): number =>
      batchNormTrainingReference(x, scale, offset, rows, channels, epsilon).y.reduce((sum, y, n) => sum + y * dy[n], 0);
    const slope = (name: keyof typeof inputs, index: number): number => {
      const moved = (by: number): number => {
        const values = inputs[name].slice();
        values[index] += by;
        return loss({...inputs, [name]: values});
      };
      return (moved(step) - moved(-step)) / (2 * step);
    };
    tf.tidy(() => {
      const op = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
        batchNormTraining(x, scale, offset, epsilon).y;
      const [dx, dScale, dOffset] = tf.grads(op)(
        [tf.tensor2d([...inputs.x], [rows, channels]), tf.tensor1d([...inputs.scale]), tf.tensor1d([...inputs.offset])],
        tf.tensor2d(dy, [rows, channels]),
      );
      expectClose(
        dx.dataSync(),
        inputs.x.map((_, n) => slope('x', n)),
        1e-4,
        3,
      );
      expectClose(
        dScale.dataSync(),
        inputs.scale.map((_, n) => slope('scale', n)),
        1e-4,
        3,
      );
      expectClose(
        dOffset.dataSync(),
        inputs.offset.map((_, n) => slope('offset', n)),
        1e-4,
        3,
      );
    });
  });

  it('has the gradients at inference that finite differences show, each by itself', () => {
    const [rows, channels, step] = [5, 2, 1e-6];
    const inputs = {
      x: Float64Array.from(randomValues(rows * channels, 5, 'x')),
      mean: Float64Array.from(randomValues(channels, 5, 'mean')),
      variance: Float64Array.from(randomValues(channels, 5, 'variance'), (value) => value + 2.5),
      scale: Float64Array.from(randomValues(channels, 5, 'scale')),
      offset: Float64Array.from(randomValues(channels, 5, 'offset')),
    };
    const dy = randomValues(rows * channels, 5, 'dy');
    const loss = ({x, mean, variance, scale, offset}: typeof inputs): number =>
      batchNormInferenceReference(x, mean, variance, scale, offset, rows, channels, 1e-5).reduce(
        (sum, y, n) => sum + y * dy[n],
        0,
      );
    const names = ['x', 'mean', 'variance', 'scale', 'offset'] as const;
    const tensors = names.map((name) => tf.tensor([...inputs[name]], name === 'x' ? [rows, channels] : [channels]));
    names.forEach((name, which) =>
      tf.tidy(() => {
        const op = (value: tf.Tensor): tf.Tensor => {
          const [x, mean, variance, scale, offset] = tensors.map((tensor, n) => (n === which ? value : tensor));
          return batchNormInference(x, mean, variance, scale, offset);
        };
        const gradient = tf.grad(op)(tensors[which], tf.tensor2d(dy, [rows, channels]));
        const expected = inputs[name].map((_, index) => {
          const moved = (by: number): number => {
            const values = inputs[name].slice();
            values[index] += by;
            return loss({...inputs, [name]: values});
          };
          return (moved(step) - moved(-step)) / (2 * step);
        });
        expectClose(gradient.dataSync(), expected, 1e-4, 3);
      }),
    );
    tf.dispose(tensors);
  });

  it('gives no gradient through mean and variance', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(randomValues(12, 6, 'x'), [6, 2]);
      const dx = tf.grad((v) => batchNormTraining(v, [1, 1], [0, 0]).variance)(x);
      expect([...dx.dataSync()].map(Math.abs)).toEqual(new Array(12).fill(0));
    });
  });

  it('takes an empty batch', () => {
    tf.tidy(() => {
      const op = (x: tf.Tensor, scale: tf.Tensor): tf.Tensor => batchNormTraining(x, scale, [0, 0]).y;
      const x = tf.zeros([0, 3, 2]);
      const {y, mean} = batchNormTraining(x, [1, 1], [0, 0]);
      expect(y.shape).toEqual([0, 3, 2]);
      expect([...mean.dataSync()]).toEqual([NaN, NaN]);
      const [dx, dScale] = tf.grads(op)([x, tf.ones([2])], tf.zeros([0, 3, 2]));
      expect(dx.shape).toEqual([0, 3, 2]);
      expect([...dScale.dataSync()]).toEqual([0, 0]);
    });
  });

  it('has no second-order gradients, and says so', () => {
    const x = tf.tensor2d(randomValues(12, 6, 'x'), [6, 2]);
    const first = tf.grad((v) => batchNormTraining(v, [1, 1], [0, 0]).y);
    expect(() => tf.grad(first)(x)).toThrow(GradientError);
    x.dispose();
  });

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      'a scale of another length',
      () => batchNormTraining(tf.zeros([4, 3]), [1, 1], [0, 0, 0]),
      ShapeError,
      'batchNormTraining: scale has shape [2]; x has 3 channels, expected [3]',
    ],
    [
      'x of rank 1',
      () => batchNormTraining(tf.zeros([4]), [1], [0]),
      ShapeError,
      'batchNormTraining: x has shape [4]; expected rank 2 or more',
    ],
    [
      'a negative epsilon',
      () => batchNormInference(tf.zeros([4, 1]), [1], [1], [1], [1], -1),
      ArgumentError,
      'batchNormInference: epsilon is -1; expected a number of at least 0',
    ],
    [
      'integers',
      () => batchNormInference(tf.zeros([4, 1], 'int32'), [1], [1], [1], [1]),
      DtypeError,
      'batchNormInference: x has dtype int32; expected float32',
    ],
  ])('refuses %s', (_, attempt, ErrorClass, message) => {
    expect(() => tf.tidy(() => void attempt())).toThrow(ErrorClass);
    expect(() => tf.tidy(() => void attempt())).toThrow(message);
  });
});
