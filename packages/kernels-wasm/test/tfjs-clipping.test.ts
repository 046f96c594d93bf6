// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {register} from '../src/index.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  register({override: true});
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
