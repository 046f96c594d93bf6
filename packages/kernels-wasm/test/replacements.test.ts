// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {register, replacements} from '../src/index.js';

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

  it.each([0, 1, 3, 4, 5, 63])('ReLU: the gradient of %i values is dY where x > 0', (length) => {
    register({override: true});
    tf.tidy(() => {
      const x = Array.from({length}, (_, index) => (index % 3) - 1);
      const dy = x.map((_, index) => index + 1);
      const gradient = tf.grad((value: tf.Tensor) => tf.relu(value))(tf.tensor1d(x), tf.tensor1d(dy));
      expect([...gradient.dataSync()]).toEqual(dy.map((value, index) => (x[index] > 0 ? value : 0)));
    });
  });

  it('ReLU: the gradient is one kernel, NaN where x is NaN, and has a gradient of its own', async () => {
    register({override: true});
    const gradient = tf.grad((value: tf.Tensor) => tf.relu(value));
    const {kernelNames} = await tf.profile(() => gradient(tf.tensor1d([1, -1])));
    expect(kernelNames).toContain('ReluGrad');
    expect(kernelNames).not.toContain('Step');
    tf.tidy(() => {
      const x = [NaN, 1, -1, 0, Infinity, -Infinity, NaN];
      expect([...gradient(tf.tensor1d(x), tf.fill([7], 2)).dataSync()]).toEqual([NaN, 2, 0, 0, 2, 0, NaN]);
      // d/dx of Σ(2·relu(x)·[x > 0]) for relu(x)².
      const second = tf.grad((value: tf.Tensor) => tf.grad((inner: tf.Tensor) => tf.square(tf.relu(inner)))(value));
      expect([...second(tf.tensor1d([-1, 2, 3])).dataSync()]).toEqual([0, 2, 2]);
    });
  });

  it('ReLU: backends without the kernel keep TF.js’s gradient', async () => {
    register({override: true});
    await tf.setBackend('cpu');
    try {
      const gradient = tf.grad((value: tf.Tensor) => tf.relu(value))(tf.tensor1d([-1, 2]), tf.tensor1d([3, 4]));
      expect(Array.from(gradient.dataSync(), (value) => value + 0)).toEqual([0, 4]);
    } finally {
      await tf.setBackend('wasm');
    }
  });
});
