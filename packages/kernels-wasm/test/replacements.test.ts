// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import {GradientError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {register, replacements} from '../src/index.js';
import {expectClose} from './kernel-runner.js';

describe('kernels in the place of TF.js’s own', () => {
  beforeAll(async () => {
    tf.enableProdMode();
    await tf.setBackend('wasm');
  });

  it('are registered on request only', () => {
    const registered = () => replacements.map(({kernelName}) => tf.getKernel(kernelName, 'wasm'));
    const originals = registered();
    const gradient = tf.getGradient(tf.Relu);
    register();
    expect(registered()).toEqual(originals);
    expect(tf.getGradient(tf.Relu)).toBe(gradient);
    register({override: true});
    expect(registered()).toEqual(replacements);
    expect(tf.getGradient(tf.Relu)).not.toBe(gradient);
  });

  it('Identity: a clone shares its memory, which is freed with the last of both', () => {
    register({override: true});
    const before = tf.memory();
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    expect(tf.memory().numDataBuffers - before.numDataBuffers).toBe(1);
    expect(tf.memory().numTensors - before.numTensors).toBe(2);
    x.dispose();
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    const z = tf.clone(y);
    y.dispose();
    expect([...z.dataSync()]).toEqual([1, 2, 3]);
    z.dispose();
    const {numTensors, numBytes, numDataBuffers} = tf.memory();
    expect({numTensors, numBytes, numDataBuffers}).toEqual({
      numTensors: before.numTensors,
      numBytes: before.numBytes,
      numDataBuffers: before.numDataBuffers,
    });
  });

  it('Identity: a variable that is assigned a new value leaves clones as they are', () => {
    register({override: true});
    tf.tidy(() => {
      const variable = tf.variable(tf.tensor1d([1, 2]));
      const clone = tf.clone(variable);
      variable.assign(tf.tensor1d([5, 6]));
      expect([...clone.dataSync()]).toEqual([1, 2]);
      expect([...variable.dataSync()]).toEqual([5, 6]);
      variable.dispose();
    });
  });

  it('Identity: strings and gradients', () => {
    register({override: true});
    tf.tidy(() => {
      expect(tf.clone(tf.tensor1d(['a', 'ä'])).dataSync()).toEqual(['a', 'ä']);
      const gradient = tf.grad((x) => tf.mul(tf.relu(x), tf.clone(x)))(tf.tensor1d([-1, 2, 3]));
      expect(Array.from(gradient.dataSync(), (value) => value + 0)).toEqual([0, 4, 6]);
    });
  });

  /** The functions whose gradient is a range of x that lets dY pass. */
  const CLIPPING = [
    ['relu', (x: tf.Tensor) => tf.relu(x)],
    ['relu6', (x: tf.Tensor) => tf.relu6(x)],
    ['clipByValue', (x: tf.Tensor) => tf.clipByValue(x, -0.1, 1.7)],
    ['clipByValue without bounds', (x: tf.Tensor) => tf.clipByValue(x, -Number.MAX_VALUE, Infinity)],
  ] as const;

  describe.each(CLIPPING)('%s', (_name, clip) => {
    /** Values at, beside and far from every bound, and random ones. */
    const values = (length: number) =>
      Float32Array.from({length}, (_, index) => {
        const special = [
          0,
          -0,
          2 ** -149,
          -(2 ** -149),
          6,
          6.000001,
          -0.1,
          -0.10000001,
          1.7,
          1.7000002,
          Infinity,
          -Infinity,
        ];
        return special[index] ?? Math.sin(index) * 9;
      });

    it.each([0, 1, 3, 4, 5, 63])(
      'the gradient of %i values is TF.js’s on the cpu backend, to the bit',
      async (length) => {
        register({override: true});
        const dy = Float32Array.from({length}, (_, index) => index + 1);
        const gradient = () =>
          tf.tidy(() =>
            tf
              .grad(clip)(tf.tensor1d(values(length)), tf.tensor1d(dy))
              .dataSync(),
          );
        const wasm = gradient();
        await tf.setBackend('cpu');
        try {
          const plain = (float: number) => float + 0;
          expect(Array.from(wasm, plain)).toEqual(Array.from(gradient(), plain));
        } finally {
          await tf.setBackend('wasm');
        }
      },
    );

    it('the gradient is one kernel, and has a gradient of its own', async () => {
      register({override: true});
      const x = tf.tensor1d([-3, -0.05, 0.5, 3, 7]);
      const {kernelNames} = await tf.profile(() => tf.grad(clip)(x));
      expect(kernelNames.filter((name) => /Grad|Step|Equal|Logical|Select/.test(name))).toEqual(['RangeGrad']);
      tf.tidy(() => {
        // The derivative of the derivative of clip(x)²: 2 where x is in range.
        const squared = (value: tf.Tensor) => tf.square(clip(value));
        const second = tf.grad((value: tf.Tensor) => tf.grad(squared)(value))(x);
        const passed = tf.mul(tf.grad(clip)(x), 2);
        expect([...second.dataSync()]).toEqual([...passed.dataSync()]);
      });
    });

    it('backends without the kernel, and NaN, are as TF.js has them', async () => {
      register({override: true});
      const gradient = () => [
        ...tf.tidy(() =>
          tf
            .grad(clip)(tf.tensor1d([NaN, 1]), tf.tensor1d([3, 4]))
            .dataSync(),
        ),
      ];
      const wasm = gradient();
      await tf.setBackend('cpu');
      try {
        expect(wasm).toEqual(gradient());
      } finally {
        await tf.setBackend('wasm');
      }
    });
  });

  describe('batchNorm', () => {
    /** y and all gradients of a random linear function of it. */
    const gradients = (shape: number[], seed: number) =>
      tf.tidy(() => {
        const channels = shape.at(-1) ?? 1;
        const normal = (of: number[], stream: number) => tf.randomNormal(of, 0, 1, 'float32', seed + stream);
        const inputs = [
          tf.sub(normal(shape, 1), 30),
          tf.sub(normal([channels], 2), 30),
          tf.square(normal([channels], 3)),
          normal([channels], 4),
          normal([channels], 5),
        ];
        const all = tf.grads((x, mean, variance, offset, scale) =>
          tf.batchNorm(
            x,
            mean as tf.Tensor1D,
            variance as tf.Tensor1D,
            offset as tf.Tensor1D,
            scale as tf.Tensor1D,
            0.01,
          ),
        )(inputs, normal(shape, 6));
        return all.map((tensor) => ({shape: tensor.shape, values: tensor.dataSync() as Float32Array}));
      });

    it.each([[[4, 7, 5, 3]], [[2, 9, 16]], [[33, 20]], [[3, 40, 40, 8]]])(
      'the gradients of %j are TF.js’s',
      async (shape) => {
        register({override: true});
        const wasm = gradients(shape, 1);
        await tf.setBackend('cpu');
        try {
          const cpu = gradients(shape, 1);
          for (const [index, {values, shape: own}] of cpu.entries()) {
            expect(wasm[index].shape).toEqual(own);
            const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
            expectClose(wasm[index].values, values, {relative: 1e-4, absolute: 1e-5 * largest});
          }
        } finally {
          await tf.setBackend('wasm');
        }
      },
    );

    it('the gradient is one kernel, and has none of its own', async () => {
      register({override: true});
      const vector = tf.ones<tf.Rank.R1>([3]);
      const normalize = (x: tf.Tensor) => tf.batchNorm(x, vector, vector, vector, vector);
      const {kernelNames} = await tf.profile(() => tf.grad(normalize)(tf.ones([2, 2, 2, 3])));
      expect(kernelNames).toContain('FusedBatchNormGrad');
      expect(kernelNames).not.toContain('Tile');
      const first = (x: tf.Tensor) => tf.grad((value: tf.Tensor) => tf.square(normalize(value)))(x);
      expect(() => tf.grad(first)(tf.ones([2, 2, 2, 3]))).toThrow(GradientError);
    });

    it('with a mean for every element the gradient stays TF.js’s', async () => {
      register({override: true});
      const ones = tf.ones<tf.Rank.R2>([4, 3]);
      const normalize = (x: tf.Tensor) => tf.batchNorm(x as tf.Tensor2D, ones, ones, ones, ones, 3);
      const {kernelNames, result} = await tf.profile(() => tf.grad(normalize)(tf.zeros([4, 3])));
      expect(kernelNames).not.toContain('FusedBatchNormGrad');
      expect([...(result as tf.Tensor).dataSync()]).toEqual(Array(12).fill(0.5));
    });
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
      register({override: true});
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
      register({override: true});
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
      register({override: true});
      tf.tidy(() => {
        expect([...tf.sum(tf.zeros([0, 3]), 0).dataSync()]).toEqual([0, 0, 0]);
        expect([...tf.sum(tf.zeros([3, 0]), 1).dataSync()]).toEqual([0, 0, 0]);
      });
    });
  });
});
