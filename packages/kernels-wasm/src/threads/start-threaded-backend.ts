// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {ThreadCount} from '@addernet/plugin';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWasmBackend, type WasmBackend} from '../backend.js';
import {WasmThreadError, WasmUnavailableError} from '../errors.js';
import {SHARED_MODULE} from '../generated/kernels.js';
import {register} from '../index.js';
import {decodeBase64, kernelModule} from '../kernel-module.js';
import {setThreadPool, threadPoolOf} from '../thread-pool.js';
import {preferUnthreadedBuild} from '../unthreaded-build.js';
import {availableCores} from './processors.js';
import {startSharedBackend, type WasmPaths} from './tfjs-module.js';
import {WorkerPool} from './worker-pool.js';

/** More would not be kept busy by the chunks that sums are made of. */
export const MOST_THREADS = 64;

export interface ThreadedBackendOptions {
  /** How many threads kernels are to use, the calling one included. Default 'auto': one for every physical core. */
  readonly threads?: ThreadCount;
  /** As in `register`: whether this package's kernels take the place of TF.js's slow ones. Default false. */
  readonly override?: boolean;
  /** Where a page has TF.js's .wasm files; passed on to TF.js's `setWasmPaths`. Node finds them itself. */
  readonly wasmPaths?: WasmPaths;
}

/** What came of starting threads. */
export interface ThreadedBackend {
  /** Threads that kernels use, the calling one included. */
  readonly threads: number;
  /** Whether TF.js's memory is shared memory. */
  readonly sharedMemory: boolean;
  /** Why there is but one thread, where there is. */
  readonly reason?: string;
}

/**
 * Starts TF.js's wasm backend on shared memory, with workers that take part in the work of this package's kernels, registers the kernels and makes the
 * backend TF.js's current one. Results do not depend on the number of threads, bit for bit. Where threads cannot be had, or one is asked for, it starts the
 * backend as TF.js does, and says why.
 *
 * The backend must not run yet; if it was started here, its number of threads is changed. Workers do not keep a process alive, and end with the
 * backend (`tf.removeBackend('wasm')`).
 *
 * @throws ArgumentError when `threads` is neither 'auto' nor an integer from 1 to MOST_THREADS
 * @throws WasmThreadError when a number of threads is asked for, and the backend runs already on memory that is not shared or a worker does not start
 * @throws WasmUnavailableError when TF.js's module cannot be started
 */
export async function startThreadedBackend(options: ThreadedBackendOptions = {}): Promise<ThreadedBackend> {
  const {threads: asked = 'auto', override = false, wasmPaths} = options;
  if (asked !== 'auto' && !(Number.isInteger(asked) && asked >= 1 && asked <= MOST_THREADS)) {
    throw new ArgumentError(
      `startThreadedBackend: threads is ${String(asked)}; expected 'auto' or an integer from 1 to ${MOST_THREADS}`,
    );
  }
  const threads = asked === 'auto' ? Math.min(availableCores(), MOST_THREADS) : asked;
  const missing = await missingForThreads();
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
  const running = runningBackend();
  if (running !== undefined) {
    if (asked !== 'auto' && threads > 1 && missing === undefined && !isShared(running)) {
      throw new WasmThreadError(
        "startThreadedBackend: TF.js's wasm backend runs already, on memory that is not shared; call startThreadedBackend before tf.setBackend('wasm'), or " +
          "tf.removeBackend('wasm') first",
      );
    }
  } else if (threads > 1 && missing === undefined) {
    await registerSharedBackend(wasmPaths);
  } else {
    preferUnthreadedBuild();
    if (tf.findBackendFactory(BACKEND_NAME) === null && ownFactory !== null) {
      tf.registerBackend(BACKEND_NAME, ownFactory, PRIORITY);
    }
  }
  register({override});
  if (!(await tf.setBackend(BACKEND_NAME))) {
    throw new WasmUnavailableError(`startThreadedBackend: TF.js could not start its backend '${BACKEND_NAME}'`);
  }
  const backend = runningBackend();
  if (backend === undefined) throw new WasmUnavailableError('startThreadedBackend: TF.js started another wasm backend');

  const sharedMemory = isShared(backend);
  endThreads(backend);
  if (sharedMemory && threads > 1) {
    try {
      const {memory, kernels} = kernelModule(backend);
      setThreadPool(backend, await WorkerPool.start(threads, memory, kernels));
      return {threads, sharedMemory};
    } catch (error) {
      if (asked !== 'auto' || !(error instanceof WasmThreadError)) throw error;
      return {threads: 1, sharedMemory, reason: error.message};
    }
  }
  if (threads > 1)
    return {threads: 1, sharedMemory, reason: missing ?? 'the backend ran already, on memory that is not shared'};
  return {
    threads: 1,
    sharedMemory,
    reason: asked === 'auto' ? 'one processor core is available' : 'one thread was asked for',
  };
}

/** As TF.js registers its backend. */
const PRIORITY = 2;
/** TF.js's way to start the backend, which is lost when the backend is removed. */
const ownFactory = tf.findBackendFactory(BACKEND_NAME);

async function registerSharedBackend(wasmPaths: WasmPaths | undefined): Promise<void> {
  const backend = await startSharedBackend(wasmPaths);
  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    if (isWasmBackend(backend)) closeThreads(backend);
    dispose();
  };
  if (tf.findBackendFactory(BACKEND_NAME) !== null) tf.removeBackend(BACKEND_NAME);
  tf.registerBackend(BACKEND_NAME, () => backend, PRIORITY);
}

/** TF.js's wasm backend, if it has been started. */
function runningBackend(): WasmBackend | undefined {
  const {registry} = tf.engine();
  const backend: unknown = registry[BACKEND_NAME];
  return isWasmBackend(backend) ? backend : undefined;
}

function isShared(backend: WasmBackend): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && kernelModule(backend).memory.buffer instanceof SharedArrayBuffer;
}

/** @throws WasmThreadError if one of them may still be writing to the backend's memory */
function endThreads(backend: WasmBackend): void {
  const pool = threadPoolOf(backend);
  if (pool?.lost === true) {
    throw new WasmThreadError(
      "startThreadedBackend: a thread of the wasm backend was lost in the midst of its work; tf.removeBackend('wasm') first",
    );
  }
  closeThreads(backend);
}

function closeThreads(backend: WasmBackend): void {
  threadPoolOf(backend)?.close();
  setThreadPool(backend, undefined);
}

/** Why there can be no threads here; undefined if there can. */
async function missingForThreads(): Promise<string | undefined> {
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false) {
    return (
      'there is no shared memory: the page is not cross-origin isolated (it has to be served with the headers Cross-Origin-Opener-Policy: same-origin and ' +
      'Cross-Origin-Embedder-Policy: require-corp)'
    );
  }
  const simdAllowed = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  if (simdAllowed === false || !WebAssembly.validate(decodeBase64(SHARED_MODULE))) {
    return "this JavaScript engine's WebAssembly has no SIMD instructions (or TF.js's flag WASM_HAS_SIMD_SUPPORT forbids them), or no shared memory";
  }
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, 0);
  } catch {
    return 'this is the main thread of a page, which may not wait for others; start the backend in a worker';
  }
  return undefined;
}
