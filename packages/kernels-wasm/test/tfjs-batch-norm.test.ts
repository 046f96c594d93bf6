// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import {GradientError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {register} from '../src/index.js';
import {expectClose} from './kernel-runner.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  register({override: true});
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
    const vector = tf.ones<tf.Rank.R1>([3]);
    const normalize = (x: tf.Tensor) => tf.batchNorm(x, vector, vector, vector, vector);
    const {kernelNames} = await tf.profile(() => tf.grad(normalize)(tf.ones([2, 2, 2, 3])));
    expect(kernelNames).toContain('FusedBatchNormGrad');
    expect(kernelNames).not.toContain('Tile');
    const first = (x: tf.Tensor) => tf.grad((value: tf.Tensor) => tf.square(normalize(value)))(x);
    expect(() => tf.grad(first)(tf.ones([2, 2, 2, 3]))).toThrow(GradientError);
  });

  it('with a mean for every element the gradient stays TF.js’s', async () => {
    const ones = tf.ones<tf.Rank.R2>([4, 3]);
    const normalize = (x: tf.Tensor) => tf.batchNorm(x as tf.Tensor2D, ones, ones, ones, ones, 3);
    const {kernelNames, result} = await tf.profile(() => tf.grad(normalize)(tf.zeros([4, 3])));
    expect(kernelNames).not.toContain('FusedBatchNormGrad');
    expect([...(result as tf.Tensor).dataSync()]).toEqual(Array(12).fill(0.5));
  });
});
