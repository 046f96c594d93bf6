// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {TensorInfo} from '@tensorflow/tfjs-core';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'cpu';

/** What the kernels use of TF.js's backend: its storage of tensors' values, and the making of tensors. */
export type Backend = Pick<MathBackendCPU, 'data' | 'makeTensorInfo'>;

/** Judged by what the kernels use of it and not by `instanceof`, so that a second copy of the backend's package works as well. */
export function isBackend(backend: unknown): backend is Backend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'makeTensorInfo' in backend &&
    typeof backend.makeTensorInfo === 'function' &&
    'data' in backend &&
    typeof backend.data === 'object' &&
    backend.data !== null
  );
}

/**
 * The values of a float32 tensor, flat and row-major. They are the tensor's own storage: not to be written.
 *
 * @throws KernelCallError when the tensor's values are not float32.
 */
export function floatValues(kernelName: string, backend: Backend, tensor: TensorInfo): Float32Array {
  const {values} = backend.data.get(tensor.dataId);
  if (values instanceof Float32Array) return values;
  throw new KernelCallError(
    `${kernelName}: a tensor of shape [${tensor.shape.join(', ')}] has dtype ${tensor.dtype}; expected float32`,
  );
}

/** A new float32 tensor over `values`, which belong to it from now on. */
export function floatTensor(backend: Backend, shape: readonly number[], values: Float32Array): TensorInfo {
  return backend.makeTensorInfo([...shape], 'float32', values);
}
