// SPDX-License-Identifier: Apache-2.0
import type {WasmBackend} from './backend.js';
import type {Lane} from './lane.js';

/** Memory of which every thread has its own: thread t's lies at base + t · stride, for the calling thread t = 0. */
export interface LaneMemory {
  readonly base: number;
  readonly stride: number;
}

/** Threads that share the work of kernels on the memory of a backend. The main entry knows no more of them; see threads/. */
export interface ThreadPool {
  /** The calling thread included; at least 2. */
  readonly threads: number;
  /** Work that takes one thread less than this is not worth being shared. */
  readonly leastNanoseconds: number;
  /**
   * Runs items of `KernelCall.parallel` on all threads, and waits for them.
   *
   * @returns whether all checked calls answered 1
   * @throws WasmThreadError when a thread is gone
   */
  run(
    kernelName: string,
    items: number,
    memories: readonly LaneMemory[],
    describe: (item: number, lane: Lane) => void,
  ): boolean;
  /** Whether a thread may still be writing to memory, since it was lost in the midst of its work. */
  readonly lost: boolean;
  /** Ends the other threads. */
  close(): void;
}

const pools = new WeakMap<WasmBackend, ThreadPool>();

export function threadPoolOf(backend: WasmBackend): ThreadPool | undefined {
  return pools.get(backend);
}

/** Gives a backend's kernels threads, or takes them away. */
export function setThreadPool(backend: WasmBackend, pool: ThreadPool | undefined): void {
  if (pool === undefined) pools.delete(backend);
  else pools.set(backend, pool);
}
