// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {beforeEach, describe, expect, it, vi} from 'vitest';

const FLAG = 'WASM_HAS_MULTITHREAD_SUPPORT';

const kernelNames = () => tf.getKernelsForBackend('wasm').map(({kernelName}) => kernelName);
const tfjsKernels = new Set(kernelNames());

describe('register entry', () => {
  beforeEach(() => {
    vi.resetModules();
    tf.env().reset();
    for (const name of kernelNames()) if (!tfjsKernels.has(name)) tf.unregisterKernel(name, 'wasm');
  });

  it("chooses TF.js's build without threads, and registers the kernels", async () => {
    await import('../src/register.js');
    expect(tf.env().getFlags()).toHaveProperty(FLAG, false);
    expect(tf.getKernel('AdderConv2D', 'wasm')).toBeDefined();
    expect(await tf.setBackend('wasm')).toBe(true);
  });

  it('leaves the choice to an application that has made it', async () => {
    tf.env().set(FLAG, true);
    await import('../src/register.js');
    expect(tf.env().getFlags()).toHaveProperty(FLAG, true);
  });
});
