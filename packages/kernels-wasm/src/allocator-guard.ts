// SPDX-License-Identifier: Apache-2.0
import type {WasmBackend} from './backend.js';
import {WasmOutOfMemoryError} from './errors.js';
import {keptFilters} from './kept-filters.js';

const guarded = new WeakSet<WasmBackend['wasm']>();

/**
 * Makes TF.js's allocator throw where memory is out. It answers 0 then, which TF.js does not look at: the tensor's values, and later whatever kernel
 * computes it, would overwrite what lies at the memory's beginning. TF.js has noted nothing of a tensor yet when it allocates, so that it stays usable.
 *
 * @param memory the allocator's
 */
export function guardAllocator(backend: WasmBackend, memory: WebAssembly.Memory): void {
  const {wasm} = backend;
  if (guarded.has(wasm)) return;
  // The first call of TF.js's function replaces it by another.
  wasm._free(wasm._malloc(1));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    let address = malloc(bytes);
    // Filters that are kept in panels are but copies.
    if (address === 0 && keptFilters(backend).clear()) address = malloc(bytes);
    if (address !== 0) return address;
    throw new WasmOutOfMemoryError(
      `TF.js's WebAssembly memory has no ${bytes} bytes left for a tensor (its size is ${memory.buffer.byteLength} bytes); use a smaller batch, ` +
        'or dispose of tensors',
    );
  };
  guarded.add(wasm);
}

/** As `_malloc`, but answers 0 where memory is out, guarded or not. */
export function tryToAllocate({wasm}: WasmBackend, bytes: number): number {
  try {
    // Unsigned: above 2 GiB, TF.js's allocator answers negative numbers.
    return wasm._malloc(bytes) >>> 0;
  } catch (error) {
    if (error instanceof WasmOutOfMemoryError) return 0;
    throw error;
  }
}
