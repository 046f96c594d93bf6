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
});
