// SPDX-License-Identifier: Apache-2.0
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'webgpu';

/** What the kernels use of TF.js's `WebGPUBackend`. */
export type WebgpuBackend = Pick<WebGPUBackend, 'runWebGPUProgram' | 'makeTensorInfo' | 'disposeData' | 'device'>;

const METHODS: readonly (keyof WebgpuBackend)[] = ['runWebGPUProgram', 'makeTensorInfo', 'disposeData'];

/**
 * Whether an object is TF.js's webgpu backend, judged by what the kernels use of it and not by `instanceof`, so that a second copy of the
 * backend's package works as well.
 */
export function isWebgpuBackend(backend: unknown): backend is WebgpuBackend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    METHODS.every((name) => name in backend && typeof Reflect.get(backend, name) === 'function') &&
    'device' in backend &&
    typeof backend.device === 'object'
  );
}
