// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {isWasmBackend, type WasmBackend} from '../src/backend.js';
import {threadPoolOf} from '../src/thread-pool.js';
import {startThreadedBackend} from '../src/threads/index.js';
import {WorkerPool} from '../src/threads/worker-pool.js';

tf.enableProdMode();

/** Starts the threaded backend, or changes its number of threads, and lets threads share even the least work. */
export async function useThreads(threads: number): Promise<WasmBackend> {
  await startThreadedBackend({threads, override: true});
  const backend: unknown = tf.backend();
  if (!isWasmBackend(backend)) throw new Error('the wasm backend is not as expected');
  const pool = threadPoolOf(backend);
  if (threads > 1) {
    if (!(pool instanceof WorkerPool) || pool.threads !== threads) throw new Error(`there are no ${threads} threads`);
    pool.leastNanoseconds = 0;
  }
  return backend;
}

/** The pool of the running backend. */
export function currentPool(): WorkerPool {
  const backend: unknown = tf.backend();
  const pool = isWasmBackend(backend) ? threadPoolOf(backend) : undefined;
  if (pool instanceof WorkerPool) return pool;
  throw new Error('the backend has no threads');
}
