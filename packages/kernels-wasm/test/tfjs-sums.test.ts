// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {register} from '../src/index.js';
import {expectClose} from './kernel-runner.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  register({override: true});
});

describe('Sum and Mean', () => {
  const shapes = fc.array(fc.integer({min: 0, max: 9}), {maxLength: 4});
  const reductions = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.subarray(shape.map((_, axis) => axis)),
      keepDims: fc.boolean(),
      dtype: fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
    }),
  );

  it('equal TF.js’s on the cpu backend, over any axes of any dtype', async () => {
    await fc.assert(
      fc.asyncProperty(reductions, async ({shape, axes, keepDims, dtype}) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const values = Array.from({length: size}, (_, index) => ((index * 7) % 11) - (dtype === 'bool' ? 0 : 5));
        const data = dtype === 'bool' ? values.map((value) => Number(value > 4)) : values;
        const run = () =>
          tf.tidy(() => {
            const x = tf.tensor(data, shape, dtype);
            return [tf.sum(x, axes, keepDims), tf.mean(x, axes, keepDims)].map((result) => ({
              shape: result.shape,
              dtype: result.dtype,
              values: Float32Array.from(result.dataSync()),
            }));
          });
        const wasm = run();
        await tf.setBackend('cpu');
        const cpu = run();
        await tf.setBackend('wasm');
        for (const [index, expected] of cpu.entries()) {
          expect(wasm[index].shape).toEqual(expected.shape);
          expect(wasm[index].dtype).toBe(expected.dtype);
          // TF.js's mean of nothing is whatever its division of zeros gives.
          if (size > 0) expectClose(wasm[index].values, expected.values, {relative: 1e-6, absolute: 1e-6});
        }
      }),
      {numRuns: 150},
    );
  });

  it.each([
    [
      [200, 33, 7],
      [0, 1],
    ],
    [[70000], [0]],
    [
      [3, 50, 60, 5],
      [1, 2],
    ],
    [[9, 3001], [1]],
    [[40, 3001], [1]],
    [
      [30, 40, 50],
      [0, 2],
    ],
  ])('%j over %j: sums do not lose digits', (shape, axes) => {
    tf.tidy(() => {
      const x = tf.add(tf.randomNormal(shape, 0, 1, 'float32', 3), 100);
      const values = Float32Array.from(x.dataSync());
      const [total] = tf.sum(x).dataSync();
      const exact = values.reduce((partial, value) => partial + value, 0);
      expect(Math.abs(total - exact)).toBeLessThan(1e-6 * exact);
      const count = axes.reduce((product, axis) => product * shape[axis], 1);
      const means = Float32Array.from(tf.mean(x, axes).dataSync());
      expect(means.length).toBe(values.length / count);
      const meanOfMeans = means.reduce((partial, value) => partial + value, 0) / means.length;
      expect(Math.abs(meanOfMeans - exact / values.length)).toBeLessThan(1e-4);
      expect(tf.max(tf.abs(tf.sub(means, 100))).dataSync()[0]).toBeLessThan(6 / Math.sqrt(count));
    });
  });

  it('an empty sum is 0', () => {
    tf.tidy(() => {
      expect([...tf.sum(tf.zeros([0, 3]), 0).dataSync()]).toEqual([0, 0, 0]);
      expect([...tf.sum(tf.zeros([3, 0]), 1).dataSync()]).toEqual([0, 0, 0]);
    });
  });
});
