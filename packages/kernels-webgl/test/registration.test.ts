// SPDX-License-Identifier: Apache-2.0
import {KERNEL_NAMES, KernelCallError, KernelRegistrationError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import {contextLoss, kernels, register} from '../src/index.js';

beforeAll(() => {
  tf.enableProdMode();
});
afterEach(() => {
  for (const name of KERNEL_NAMES) {
    if (tf.getKernel(name, 'webgl') !== undefined) tf.unregisterKernel(name, 'webgl');
  }
});

describe('main entry', () => {
  it('has no side effects: neither kernels nor the backend are registered', () => {
    expect(tf.findBackendFactory('webgl')).toBeNull();
    for (const name of KERNEL_NAMES) expect(tf.getKernel(name, 'webgl')).toBeUndefined();
  });

  it('says that there is no backend whose context could be lost', async () => {
    await expect(contextLoss()).rejects.toThrow(
      "contextLoss: there is no backend 'webgl' of TF.js; await tf.setBackend('webgl') first",
    );
  });

  it('has a kernel for every name of the contract', () => {
    expect(kernels.map(({kernelName}) => kernelName).sort()).toEqual([...KERNEL_NAMES].sort());
    expect(new Set(kernels.map(({backendName}) => backendName))).toEqual(new Set(['webgl']));
  });
});

describe('register', () => {
  it('registers every kernel, and changes nothing when called again', () => {
    register();
    register();
    for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'webgl')).toBe(kernel);
  });

  it("refuses to replace somebody else's kernel, and does with override", () => {
    const foreign = {kernelName: 'AdderConv2D', backendName: 'webgl', kernelFunc: () => [] as tf.TensorInfo[]};
    tf.registerKernel(foreign);
    expect(() => register()).toThrow(KernelRegistrationError);
    expect(tf.getKernel('AdderConv2D', 'webgl')).toBe(foreign);
    register({override: true});
    expect(tf.getKernel('AdderConv2D', 'webgl')).not.toBe(foreign);
  });

  it('is what the register entry does', async () => {
    await import('../src/register.js');
    register();
    for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'webgl')).toBe(kernel);
  });
});

describe('a kernel called wrongly', () => {
  it('names itself and the backend it was given', () => {
    class OtherBackend {}
    const call = () => kernels[0].kernelFunc({inputs: {}, attrs: {}, backend: new OtherBackend()});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow(/AdderConv2D.*'webgl'.*OtherBackend/);
  });
});
