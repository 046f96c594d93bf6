// SPDX-License-Identifier: Apache-2.0
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'webgpu';

/** What the kernels use of TF.js's backend: it compiles a shader once, keeps it, and runs it on tensors that lie in buffers. */
export type Backend = Pick<WebGPUBackend, 'runWebGPUProgram'>;

/** Judged by what the kernels use of it and not by `instanceof`, so that a second copy of the backend's package works as well. */
export function isBackend(backend: unknown): backend is Backend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'runWebGPUProgram' in backend &&
    typeof backend.runWebGPUProgram === 'function'
  );
}
