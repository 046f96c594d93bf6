// SPDX-License-Identifier: Apache-2.0
import type {MathBackendWebGL} from '@tensorflow/tfjs-backend-webgl';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'webgl';

/** What the kernels use of TF.js's `MathBackendWebGL`. */
export type WebglBackend = Pick<
  MathBackendWebGL,
  'runWebGLProgram' | 'makeTensorInfo' | 'disposeData' | 'getGPGPUContext'
>;

const METHODS: readonly (keyof WebglBackend)[] = [
  'runWebGLProgram',
  'makeTensorInfo',
  'disposeData',
  'getGPGPUContext',
];

/**
 * Whether an object is TF.js's webgl backend, judged by what the kernels use of it and not by `instanceof`, so that a second copy of the
 * backend's package works as well.
 */
export function isWebglBackend(backend: unknown): backend is WebglBackend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    METHODS.every((name) => name in backend && typeof Reflect.get(backend, name) === 'function')
  );
}
