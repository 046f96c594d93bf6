// SPDX-License-Identifier: Apache-2.0
import {type BackendProvider, tokens} from '@addernet/plugin';
import {ready} from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {BACKEND_NAME} from './backend.js';
import {missingEngineFeature, usesSimd} from './kernel-module.js';
import type {ThreadedBackend} from './threads/index.js';

/** What came of the last start. */
let started: ThreadedBackend | undefined;

/** SIMD, on several threads; the fastest backend without a GPU. */
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
  async start({threads = 'auto'} = {}) {
    const {startThreadedBackend} = await import('./threads/index.js');
    // In a process of its own there is nobody to mind that kernels of TF.js are replaced.
    started = await startThreadedBackend({threads, override: true});
    await ready();
  },
  async details() {
    const {version_wasm: version} = await importBackend();
    return {
      'tfjs-backend-wasm': version,
      simd: usesSimd() ? 'yes' : 'no',
      threads: String(started?.threads ?? 1),
      ...(started?.reason === undefined ? {} : {'threads.reason': started.reason}),
    };
  },
};

/** Importing TF.js's package registers the backend, so it waits until the backend is asked for. */
const importBackend = () => import('@tensorflow/tfjs-backend-wasm');

/** Binds the backend 'wasm' with this package's kernels. */
const wasmBackendModule = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(wasmBackend);
});

export {wasmBackendModule};
export default wasmBackendModule;
