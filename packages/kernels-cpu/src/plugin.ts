// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {type BackendProvider, tokens} from '@addernet/plugin';
import {ready, setBackend} from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {BACKEND_NAME} from './backend.js';
import {register} from './index.js';

/** Plain JavaScript on one thread: runs everywhere, and slower than anything else. */
export const cpuBackend: BackendProvider = {
  name: BACKEND_NAME,
  description: "TF.js's cpu backend with typed-array kernels; runs everywhere",
  kernelPackage: '@addernet/kernels-cpu',
  speed: 'slow',
  priority: 10,
  async unavailableReason() {
    try {
      await importBackend();
      return undefined;
    } catch (error) {
      return `@tensorflow/tfjs-backend-cpu cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
  async start() {
    await importBackend();
    register();
    if (!(await setBackend(BACKEND_NAME))) {
      throw new AddernetError('ADDERNET_BACKEND', `TF.js could not start its backend '${BACKEND_NAME}'`);
    }
    await ready();
  },
  async details() {
    return {simd: 'no', threads: '1', 'threads.reason': 'its kernels are JavaScript, and run on the calling thread'};
  },
};

/** Importing TF.js's package registers the backend, so it waits until the backend is asked for. */
async function importBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
}

/** Binds the backend 'cpu'. */
const cpuBackendModule = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(cpuBackend);
});

export {cpuBackendModule};
export default cpuBackendModule;
