// SPDX-License-Identifier: Apache-2.0
import type {DataType, TensorInfo} from '@tensorflow/tfjs-core';

/** TF.js's name of the backend that these kernels serve. */
export const BACKEND_NAME = 'wasm';

/** What the kernels use of TF.js's `BackendWasm`: where tensors lie in its memory, its allocator, and the making of tensors. */
export interface WasmBackend {
  readonly wasm: {
    /** @returns an address, negative above 2 GiB, or 0 when memory is out */
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: {get(dataId: object): {readonly memoryOffset: number; readonly dtype: string}};
  /** With `memoryOffset`, the tensor takes that allocation as its own. */
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number): TensorInfo;
  disposeData(dataId: object, force?: boolean): boolean;
}

/**
 * Whether an object is TF.js's wasm backend, judged by what the kernels use of it and not by `instanceof`, so that a second copy of the
 * backend's package works as well.
 */
export function isWasmBackend(backend: unknown): backend is WasmBackend {
  return (
    hasFunctions(backend, ['makeOutput', 'disposeData']) &&
    'wasm' in backend &&
    hasFunctions(backend.wasm, ['_malloc', '_free']) &&
    'dataIdMap' in backend &&
    hasFunctions(backend.dataIdMap, ['get'])
  );
}

function hasFunctions(value: unknown, names: readonly string[]): value is object {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
