// SPDX-License-Identifier: Apache-2.0
import {ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {batchNormalization, type BatchNormalizationConfig, SGD} from '../src/index.js';
import {chain, expectClose, normals, useCpu, variableNamed, variables} from './helpers.js';

beforeAll(useCpu);

const CHANNELS = 3;

/** PyTorch's formulas in float64: x [rows, CHANNELS]. */
function statistics(x: Float32Array): {mean: number[]; variance: number[]; rows: number} {
  const rows = x.length / CHANNELS;
  const channel = (c: number): number[] => Array.from({length: rows}, (_, r) => x[r * CHANNELS + c] ?? NaN);
  const mean = [0, 1, 2].map((c) => channel(c).reduce((a, b) => a + b, 0) / rows);
  const variance = [0, 1, 2].map((c) => channel(c).reduce((a, b) => a + (b - (mean[c] ?? NaN)) ** 2, 0) / rows);
  return {mean, variance, rows};
}

function normalized(x: Float32Array, mean: number[], variance: number[], gamma: number[], beta: number[]): number[] {
  return Array.from(x, (value, i) => {
    const c = i % CHANNELS;
    const [m = NaN, v = NaN, g = NaN, b = NaN] = [mean[c], variance[c], gamma[c], beta[c]];
    return ((value - m) / Math.sqrt(v + 1e-5)) * g + b;
  });
}

function build(shape: number[], config: BatchNormalizationConfig = {}) {
  const model = chain(shape, [batchNormalization({name: 'bn', ...config})]);
  const {scale = true, center = true} = config;
  const gamma = scale ? [1.5, -0.5, 2] : [1, 1, 1];
  const beta = center ? [0.25, 1, -3] : [0, 0, 0];
  if (scale) variableNamed(model, 'bn/gamma').assign(tf.tensor1d(gamma));
  if (center) variableNamed(model, 'bn/beta').assign(tf.tensor1d(beta));
  return {model, gamma, beta};
}

describe('BatchNormalization', () => {
  for (const shape of [[CHANNELS], [2, 3, CHANNELS]]) {
    for (const options of [{}, {scale: false}, {center: false}, {scale: false, center: false}]) {
      it(`rank ${shape.length + 1} ${JSON.stringify(options)}: batch statistics in training, running ones in inference`, () => {
        const {model, gamma, beta} = build(shape, options);
        const batchShape = [4, ...shape];
        const x = normals(tf.util.sizeFromShape(batchShape), 'bn').map((value, i) => 5 * value - 100 * (i % CHANNELS));
        const {mean, variance, rows} = statistics(x);
        const input = tf.tensor(x, batchShape);
        const training = model.apply(input, {training: true}) as tf.Tensor;
        expect(training.shape).toEqual(batchShape);
        expectClose(training.dataSync(), normalized(x, mean, variance, gamma, beta), {absolute: 1e-4, relative: 1e-4});
        const running = {
          mean: mean.map((m) => 0.1 * m),
          variance: variance.map((v) => 0.9 + (0.1 * v * rows) / (rows - 1)),
        };
        expectClose(variableNamed(model, 'bn/moving_mean').dataSync(), running.mean);
        expectClose(variableNamed(model, 'bn/moving_variance').dataSync(), running.variance);

        const inference = model.predict(input) as tf.Tensor;
        expectClose(inference.dataSync(), normalized(x, running.mean, running.variance, gamma, beta), {
          absolute: 1e-4,
          relative: 1e-4,
        });
        expectClose(variableNamed(model, 'bn/moving_mean').dataSync(), running.mean);
        expectClose(variableNamed(model, 'bn/moving_variance').dataSync(), running.variance);
      });
    }
  }

  it('gradients in training equal finite differences along random directions', () => {
    const {model, gamma, beta} = build([2, 2, CHANNELS]);
    const x = normals(3 * 4 * CHANNELS, 'fd');
    const dy = normals(x.length, 'fd-dy');
    const loss = (xs: Float32Array | number[], gammas: number[], betas: number[]): number => {
      const values = Float32Array.from(xs);
      const exact = Array.from(xs);
      const rows = exact.length / CHANNELS;
      const at = (c: number): number[] => exact.filter((_, i) => i % CHANNELS === c);
      const mean = [0, 1, 2].map((c) => at(c).reduce((a, b) => a + b, 0) / rows);
      const variance = [0, 1, 2].map((c) => at(c).reduce((a, b) => a + (b - (mean[c] ?? NaN)) ** 2, 0) / rows);
      expect(values.length).toBe(dy.length);
      return exact.reduce((sum, value, i) => {
        const c = i % CHANNELS;
        const unit = (value - (mean[c] ?? NaN)) / Math.sqrt((variance[c] ?? NaN) + 1e-5);
        return sum + (dy[i] ?? NaN) * (unit * (gammas[c] ?? NaN) + (betas[c] ?? NaN));
      }, 0);
    };
    const xVariable = tf.variable(tf.tensor4d(x, [3, 2, 2, CHANNELS]));
    const {value, grads} = tf.variableGrads(() => {
      const y = model.apply(xVariable, {training: true}) as tf.Tensor;
      return tf.sum(tf.mul(y, tf.tensor4d(dy, [3, 2, 2, CHANNELS]))) as tf.Scalar;
    });
    expectClose(value.dataSync(), [loss(x, gamma, beta)], {absolute: 1e-4, relative: 1e-4});
    const step = 1e-5;
    const directional = (f: (t: number) => number): number => (f(step) - f(-step)) / (2 * step);
    const dot = (name: string, direction: ArrayLike<number>): number =>
      Array.from(grads[name]?.dataSync() ?? []).reduce((sum, g, i) => sum + g * (direction[i] ?? NaN), 0);
    for (let trial = 0; trial < 3; ++trial) {
      const dx = normals(x.length, 'direction', trial);
      const moved = (t: number): number[] => Array.from(x, (v, i) => v + t * (dx[i] ?? NaN));
      expectClose([dot(xVariable.name, dx)], [directional((t) => loss(moved(t), gamma, beta))], {
        absolute: 1e-4,
        relative: 1e-4,
      });
      const d = [...normals(CHANNELS, 'direction-g', trial)];
      const along = (from: number[], t: number): number[] => from.map((v, c) => v + t * (d[c] ?? NaN));
      expectClose(
        [dot(variableNamed(model, 'bn/gamma').name, d)],
        [directional((t) => loss(x, along(gamma, t), beta))],
        {absolute: 1e-4, relative: 1e-4},
      );
      expectClose(
        [dot(variableNamed(model, 'bn/beta').name, d)],
        [directional((t) => loss(x, gamma, along(beta, t)))],
        {
          absolute: 1e-4,
          relative: 1e-4,
        },
      );
    }
  });

  it('updates its running statistics in fit and in variableGrads, without leaking tensors', async () => {
    const {model} = build([CHANNELS], {momentum: 0.5});
    const x = tf.tensor2d(normals(8 * CHANNELS, 'leak'), [8, CHANNELS]);
    const optimizer = new SGD({learningRate: 0});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const fit = (): Promise<unknown> => model.fit(x, x, {batchSize: 4, epochs: 1, shuffle: false, verbose: 0});
    const gradients = (): void => {
      const {value, grads} = tf.variableGrads(
        () => tf.sum(model.apply(x, {training: true}) as tf.Tensor) as tf.Scalar,
        variables(model),
      );
      tf.dispose([value, grads]);
    };
    await fit();
    gradients();
    const {mean, variance, rows} = statistics(Float32Array.from(x.dataSync<'float32'>()));
    const before = tf.memory();
    for (let i = 0; i < 40; ++i) {
      gradients();
    }
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
    // With so many equal batches the running statistics are the batch's.
    expectClose(variableNamed(model, 'bn/moving_mean').dataSync(), mean);
    expectClose(
      variableNamed(model, 'bn/moving_variance').dataSync(),
      variance.map((v) => (v * rows) / (rows - 1)),
    );
    await fit();
    const last = statistics(Float32Array.from(x.dataSync<'float32'>().subarray(4 * CHANNELS))).mean;
    const first = statistics(Float32Array.from(x.dataSync<'float32'>().subarray(0, 4 * CHANNELS))).mean;
    expectClose(
      variableNamed(model, 'bn/moving_mean').dataSync(),
      mean.map((m, c) => 0.25 * m + 0.25 * (first[c] ?? NaN) + 0.5 * (last[c] ?? NaN)),
    );
    expect(tf.memory().numTensors).toBe(after.numTensors);
  });

  it('refuses a single value per channel in training, and takes it in inference', () => {
    const {model, beta, gamma} = build([CHANNELS]);
    const x = tf.tensor2d([[1, 2, 3]]);
    expect(() => model.apply(x, {training: true})).toThrow(ShapeError);
    expect(() => model.apply(x, {training: true})).toThrow(/'bn'.*\[1, 3\].*single value per channel/);
    const y = model.predict(x) as tf.Tensor;
    expectClose(y.dataSync(), normalized(new Float32Array([1, 2, 3]), [0, 0, 0], [1, 1, 1], gamma, beta));
    expectClose(variableNamed(model, 'bn/moving_mean').dataSync(), [0, 0, 0]);
  });

  it('says what is wrong with its options and input', () => {
    expect(() => batchNormalization({momentum: 1.5})).toThrow(/momentum is 1.5; expected a number from 0 to 1/);
    expect(() => batchNormalization({epsilon: 0})).toThrow(/epsilon is 0/);
    expect(() => batchNormalization({axis: 1})).toThrow(/axis is 1; only −1/);
    expect(() => chain([4, CHANNELS], [batchNormalization({name: 'bn'})])).toThrow(
      /\[null, 4, 3\]; expected rank 2 or 4/,
    );
  });
});
