// SPDX-License-Identifier: Apache-2.0
import {KERNEL_NAMES} from '@addernet/core';
import type {BackendProvider} from '@addernet/plugin';
import {MathBackendCPU, version_cpu} from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

const NAME = 'plain-cpu';

/**
 * TF.js's cpu backend under a name of its own, without Addernet's kernels: the adder's ops are then composed of TF.js's. With `cpu` beside it,
 * an experiment shows what the kernels are worth.
 */
export const plainCpu: BackendProvider = {
  name: NAME,
  description: "TF.js's cpu backend, adder ops composed of TF.js ops (slow)",
  speed: 'slow',
  // Less than any other, so that `auto` never takes it.
  priority: -1,
  unavailableReason: () => Promise.resolve(undefined),
  async start() {
    if (tf.findBackend(NAME) === null) {
      const addernets: ReadonlySet<string> = new Set(KERNEL_NAMES);
      for (const kernel of tf.getKernelsForBackend('cpu')) {
        if (!addernets.has(kernel.kernelName)) tf.registerKernel({...kernel, backendName: NAME});
      }
      tf.registerBackend(NAME, () => new MathBackendCPU());
    }
    await tf.setBackend(NAME);
    await tf.ready();
  },
  details: () => Promise.resolve({'tfjs-backend-cpu': version_cpu}),
};
