// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {type BackendProvider, tokens} from '@addernet/plugin';
import {ready, setBackend} from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {BACKEND_NAME} from './backend.js';
import {register} from './index.js';
import {missingEngineFeature, usesSimd} from './kernel-module.js';

/** SIMD on one thread; the fastest backend without a GPU. */
export const wasmBackend: BackendProvider = {
  name: BACKEND_NAME,
  description: "TF.js's WebAssembly backend with SIMD kernels for training and inference",
  kernelPackage: '@addernet/kernels-wasm',
  speed: 'fast',
  priority: 20,
  async unavailableReason() {
    const missing = missingEngineFeature();
    if (missing !== undefined) return missing;
    try {
      await importBackend();
      return undefined;
    } catch (error) {
      return `@tensorflow/tfjs-backend-wasm cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
  async start() {
    await importBackend();
    // In a process of its own there is nobody to mind that kernels of TF.js are replaced.
    register({override: true});
    if (!(await setBackend(BACKEND_NAME))) {
      throw new AddernetError('ADDERNET_BACKEND', `TF.js could not start its backend '${BACKEND_NAME}'`);
    }
    await ready();
  },
  async details() {
    const {version_wasm: version} = await importBackend();
    // The kernels run on the calling thread, whatever TF.js's own do.
    return {'tfjs-backend-wasm': version, simd: usesSimd() ? 'yes' : 'no', threads: '1'};
  },
};

/** Importing TF.js's package registers the backend, so it waits until the backend is asked for. */
const importBackend = () => import('@tensorflow/tfjs-backend-wasm');

const wasmBackendModule = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(wasmBackend);
});

export {wasmBackendModule};
export default wasmBackendModule;
