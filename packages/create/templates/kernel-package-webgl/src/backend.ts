// SPDX-License-Identifier: Apache-2.0
import type {MathBackendWebGL} from '@tensorflow/tfjs-backend-webgl';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'webgl';

/** What the kernels use of TF.js's backend: it compiles a shader once, keeps it, and runs it on tensors that lie in textures. */
export type Backend = Pick<MathBackendWebGL, 'runWebGLProgram'>;

/** Judged by what the kernels use of it and not by `instanceof`, so that a second copy of the backend's package works as well. */
export function isBackend(backend: unknown): backend is Backend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'runWebGLProgram' in backend &&
    typeof backend.runWebGLProgram === 'function'
  );
}
