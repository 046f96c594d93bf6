// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, KERNEL_NAMES, KernelCallError, KernelRegistrationError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import {kernels, register} from '../src/index.js';

const unregisterAll = (): void => {
  for (const name of KERNEL_NAMES) {
    if (tf.getKernel(name, 'cpu') !== undefined) tf.unregisterKernel(name, 'cpu');
  }
};

beforeAll(() => {
  tf.enableProdMode();
});
afterEach(unregisterAll);

describe('main entry', () => {
  it('has no side effects: neither kernels nor the backend are registered', () => {
    expect(tf.findBackendFactory('cpu')).toBeNull();
    for (const name of KERNEL_NAMES) expect(tf.getKernel(name, 'cpu')).toBeUndefined();
  });

  it('has a kernel for every name of the contract', () => {
    expect(kernels.map(({kernelName}) => kernelName).sort()).toEqual([...KERNEL_NAMES].sort());
    expect(new Set(kernels.map(({backendName}) => backendName))).toEqual(new Set(['cpu']));
  });
});

describe('register', () => {
  it('registers every kernel, and changes nothing when called again', () => {
    register();
    register();
    for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'cpu')).toBe(kernel);
  });

  it("refuses to replace somebody else's kernel, and does with override", () => {
    const foreign = {kernelName: 'AdderConv2D', backendName: 'cpu', kernelFunc: () => [] as tf.TensorInfo[]};
    tf.registerKernel(foreign);
    expect(() => register()).toThrow(KernelRegistrationError);
    expect(tf.getKernel('AdderConv2D', 'cpu')).toBe(foreign);
    expect(tf.getKernel('BatchNormTraining', 'cpu')).toBeUndefined();
    register({override: true});
    expect(tf.getKernel('AdderConv2D', 'cpu')).not.toBe(foreign);
  });
});

describe('register entry', () => {
  it('brings backend and kernels, so that ops run on them', async () => {
    await import('../src/register.js');
    register();
    expect(await tf.setBackend('cpu')).toBe(true);
    for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'cpu')).toBe(kernel);
    const y = adderConv2d(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), tf.tensor4d([2, -1], [1, 1, 1, 2]), 1, 'valid');
    expect([...y.dataSync()]).toEqual([-1, -2, 0, -3, -1, -4, -2, -5]);
  });
});

describe('a kernel called wrongly', () => {
  const attrs = {epsilon: 1e-5};
  const batchNorm = kernels.filter(({kernelName}) => kernelName === 'BatchNormTraining')[0];

  it('names itself and the backend it was given', () => {
    class OtherBackend {}
    const call = () => batchNorm.kernelFunc({inputs: {}, attrs, backend: new OtherBackend()});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow(/BatchNormTraining.*'cpu'.*OtherBackend/);
  });

  it('refuses tensors that are not float32, and says what they are', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    const ones = tf.ones([2]);
    const inputs = {x: tf.ones([3, 2], 'int32'), scale: ones, offset: ones};
    const call = () => batchNorm.kernelFunc({inputs, attrs, backend: tf.backend()});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow(
      'BatchNormTraining: a tensor of shape [3, 2] holds Int32Array (dtype int32); expected Float32Array',
    );
  });
});
