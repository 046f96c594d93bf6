// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {type BackendProvider, tokens} from '@addernet/plugin';
import {ready, setBackend} from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {BACKEND_NAME} from './backend.js';
import {WebgpuUnavailableError} from './errors.js';
import {requireGpu} from './gpu.js';
import {register} from './index.js';

/** The GPU by way of WebGPU: a browser's, or in Node Dawn's. */
export const webgpuBackend: BackendProvider = {
  name: BACKEND_NAME,
  description:
    "TF.js's webgpu backend with compute shaders for training and inference; in Node on the package 'webgpu' (Dawn)",
  kernelPackage: '@addernet/kernels-webgpu',
  speed: 'fast',
  // Below wasm and webgl: what a GPU is worth is not known before it has run, and adapters may well compute on the processor.
  priority: 12,
  async unavailableReason() {
    try {
      await requireGpu();
    } catch (error) {
      if (error instanceof WebgpuUnavailableError) return error.message;
      throw error;
    }
    try {
      await importBackend();
    } catch (error) {
      return `@tensorflow/tfjs-backend-webgpu cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
    return undefined;
  },
  async start() {
    await requireGpu();
    await importBackend();
    register();
    if (!(await setBackend(BACKEND_NAME))) {
      throw new AddernetError('ADDERNET_BACKEND', `TF.js could not start its backend '${BACKEND_NAME}'`);
    }
    await ready();
  },
  async details() {
    const {info, limits} = await requireGpu();
    const {vendor, architecture, device, description} = info;
    return {
      adapter: [vendor, architecture, device, description].filter((text) => text !== '').join(' '),
      'max-storage-buffer': String(limits.maxStorageBufferBindingSize),
      runtime: typeof process !== 'undefined' && process.versions?.node !== undefined ? 'Dawn in Node' : 'browser',
    };
  },
};

/** Importing TF.js's package registers the backend if there is WebGPU then, so it waits until the backend is asked for. */
const importBackend = () => import('@tensorflow/tfjs-backend-webgpu');

/** Binds the backend 'webgpu'. */
const webgpuBackendModule = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(webgpuBackend);
});

export {webgpuBackendModule};
export default webgpuBackendModule;
