// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, KERNEL_NAMES, KernelCallError, KernelRegistrationError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import {additions, kernels, register, replacements} from '../src/index.js';

beforeAll(() => {
  tf.enableProdMode();
});
afterEach(() => {
  for (const name of [...KERNEL_NAMES, ...additions.map(({kernelName}) => kernelName)]) {
    if (tf.getKernel(name, 'wasm') !== undefined) tf.unregisterKernel(name, 'wasm');
  }
});

describe('main entry', () => {
  it('has no side effects: neither kernels nor the backend are registered', () => {
    expect(tf.findBackendFactory('wasm')).toBeNull();
    for (const name of KERNEL_NAMES) expect(tf.getKernel(name, 'wasm')).toBeUndefined();
  });

  it('has a kernel for every name of the contract', () => {
    expect(kernels.map(({kernelName}) => kernelName).sort()).toEqual([...KERNEL_NAMES].sort());
    expect(new Set(kernels.map(({backendName}) => backendName))).toEqual(new Set(['wasm']));
  });
});

describe('register', () => {
  it('registers every kernel, and changes nothing when called again', () => {
    register();
    register();
    for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'wasm')).toBe(kernel);
  });

  it("refuses to replace somebody else's kernel, and does with override", async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    const foreign = {kernelName: 'AdderConv2D', backendName: 'wasm', kernelFunc: () => [] as tf.TensorInfo[]};
    tf.registerKernel(foreign);
    expect(() => register()).toThrow(KernelRegistrationError);
    expect(tf.getKernel('AdderConv2D', 'wasm')).toBe(foreign);
    expect(tf.getKernel('BatchNormTraining', 'wasm')).toBeUndefined();
    register({override: true});
    expect(tf.getKernel('AdderConv2D', 'wasm')).not.toBe(foreign);
  });
});

describe("TF.js's own kernels", () => {
  /** All of the wasm backend's, by name. */
  const registered = () => new Map(tf.getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel]));

  it('are left as they are: what is registered beside the contract are names that the backend lacks', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    const before = registered();
    for (const {kernelName} of additions) expect([...before.keys()]).not.toContain(kernelName);
    register();
    for (const [name, kernel] of before) expect(registered().get(name)).toBe(kernel);
    const own = [...KERNEL_NAMES, ...additions.map(({kernelName}) => kernelName)];
    const added = [...registered().keys()].filter((name) => !before.has(name));
    expect(added.sort()).toEqual(own.filter((name) => !before.has(name)).sort());
  });

  it('of a later version, or of somebody else, stay in the place of an addition', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    const foreign = {kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: () => [] as tf.TensorInfo[]};
    tf.registerKernel(foreign);
    register();
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBe(foreign);
    expect(additions).toContain(tf.getKernel('UnsortedSegmentSum', 'wasm'));
  });

  it('give way with override', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    const originals = replacements.map(({kernelName}) => registered().get(kernelName));
    try {
      register({override: true});
      for (const kernel of [...additions, ...replacements]) expect(registered().get(kernel.kernelName)).toBe(kernel);
    } finally {
      for (const [index, {kernelName}] of replacements.entries()) {
        tf.unregisterKernel(kernelName, 'wasm');
        const original = originals[index];
        if (original !== undefined) tf.registerKernel(original);
      }
    }
  });
});

describe('register entry', () => {
  it('brings backend and kernels, so that ops run on them', async () => {
    await import('../src/register.js');
    register();
    expect(await tf.setBackend('wasm')).toBe(true);
    const y = adderConv2d(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), tf.tensor4d([2, -1], [1, 1, 1, 2]), 1, 'valid');
    expect([...y.dataSync()]).toEqual([-1, -2, 0, -3, -1, -4, -2, -5]);
  });
});

describe('a kernel called wrongly', () => {
  it('names itself and the backend it was given', () => {
    class OtherBackend {}
    const kernel = kernels.find(({kernelName}) => kernelName === 'BatchNormTraining');
    const call = () => kernel?.kernelFunc({inputs: {}, attrs: {epsilon: 1e-5}, backend: new OtherBackend()});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow(/BatchNormTraining.*'wasm'.*OtherBackend/);
  });

  it('refuses tensors that are not float32, and says what they are', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    const ones = tf.ones([2]);
    const inputs = {x: tf.ones([3, 2], 'int32'), scale: ones, offset: ones};
    const kernel = kernels.find(({kernelName}) => kernelName === 'BatchNormTraining');
    const before = tf.memory().numDataBuffers;
    const call = () => kernel?.kernelFunc({inputs, attrs: {epsilon: 1e-5}, backend: tf.backend()});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow('BatchNormTraining: a tensor of shape [3, 2] has dtype int32; expected float32');
    expect(tf.memory().numDataBuffers).toBe(before);
  });
});
