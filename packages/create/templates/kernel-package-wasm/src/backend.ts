// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import type {TensorInfo} from '@tensorflow/tfjs-core';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'wasm';

/**
 * What the kernels use of TF.js's backend: views of tensors in WebAssembly's memory, and the making of tensors. A WebAssembly module of your own can
 * work on them in place: it imports `backend.wasm.asm.memory`, and `backend.dataIdMap.get(dataId).memoryOffset` is where a tensor begins.
 */
export type Backend = Pick<BackendWasm, 'makeOutput' | 'typedArrayFromHeap'>;

/** Judged by what the kernels use of it and not by `instanceof`, so that a second copy of the backend's package works as well. */
export function isBackend(backend: unknown): backend is Backend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'makeOutput' in backend &&
    typeof backend.makeOutput === 'function' &&
    'typedArrayFromHeap' in backend &&
    typeof backend.typedArrayFromHeap === 'function'
  );
}

/**
 * The values of a float32 tensor, flat and row-major, in place: not to be written, and gone once memory grows, which making a tensor may bring about.
 *
 * @throws KernelCallError when the tensor's values are not float32.
 */
export function floatValues(kernelName: string, backend: Backend, tensor: TensorInfo): Float32Array {
  const values = backend.typedArrayFromHeap(tensor);
  if (values instanceof Float32Array) return values;
  throw new KernelCallError(
    `${kernelName}: a tensor of shape [${tensor.shape.join(', ')}] has dtype ${tensor.dtype}; expected float32`,
  );
}

/** A new float32 tensor with these values, which are copied into WebAssembly's memory. */
export function floatTensor(backend: Backend, shape: readonly number[], values: Float32Array): TensorInfo {
  const tensor = backend.makeOutput([...shape], 'float32');
  backend.typedArrayFromHeap(tensor).set(values);
  return tensor;
}
