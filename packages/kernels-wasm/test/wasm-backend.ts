// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {isWasmBackend, type WasmBackend} from '../src/backend.js';
import {register} from '../src/index.js';
import {kernelModule} from '../src/kernel-module.js';

/** TF.js's wasm backend as the current one, with this package's kernels on it and their module set up. */
export async function startWasmBackend(options: Parameters<typeof register>[0]): Promise<WasmBackend> {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  register(options);
  const backend: unknown = tf.backend();
  if (!isWasmBackend(backend)) throw new Error('the wasm backend is not as expected');
  kernelModule(backend);
  return backend;
}

export interface AllocatorWatch {
  /** How often memory was asked for. */
  readonly calls: number;
  /** How many bytes were asked for, over all calls. */
  readonly bytes: number;
  /** Addresses of what was allocated and has not been given back. */
  readonly live: ReadonlySet<number>;
  /** Ends the watch. What is freed later stays in `live`. */
  stop(): void;
}

/** Follows a backend's allocator from here on. @param failing the number of the call, from 0, that is answered with 0: no memory */
export function watchAllocator({wasm}: WasmBackend, failing = Infinity): AllocatorWatch {
  const {_malloc: malloc, _free: free} = wasm;
  const live = new Set<number>();
  const watch = {
    calls: 0,
    bytes: 0,
    live,
    stop: () => void Object.assign(wasm, {_malloc: malloc, _free: free}),
  };
  wasm._malloc = (bytes) => {
    watch.bytes += bytes;
    if (watch.calls++ === failing) return 0;
    const address = malloc(bytes) >>> 0;
    live.add(address);
    return address;
  };
  wasm._free = (address) => {
    live.delete(address >>> 0);
    free(address);
  };
  return watch;
}
