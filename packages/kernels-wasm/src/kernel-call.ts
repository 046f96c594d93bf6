// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {tryToAllocate} from './allocator-guard.js';
import type {WasmBackend} from './backend.js';
import {WasmOutOfMemoryError} from './errors.js';
import type {KernelExports} from './generated/kernels.js';
import {type KernelModule, kernelModule} from './kernel-module.js';
import {keptFilters} from './kept-filters.js';
import {InlineLane, type Lane} from './lane.js';
import {isLaneAddress, laneAddress, laneMemoryIndex} from './lane-memory.js';
import type {PackedPhase} from './packed-phase.js';
import {type LaneMemory, type ThreadPool, threadPoolOf} from './thread-pool.js';

export const FLOAT_BYTES = 4;
/** Size of a processor's cache line, to which scratch memory is aligned. */
const CACHE_LINE = 64;

/** A tensor that a kernel makes, and where its values lie. */
export interface Output {
  readonly tensor: TensorInfo;
  readonly address: number;
}

/**
 * One call of a kernel: its view of the backend's memory. Memory is addressed in bytes. Allocating may grow the memory, which
 * leaves addresses valid but detaches typed arrays over it, so `floats` and `int32s` are for use at once, not to be kept.
 */
export class KernelCall {
  readonly kernels: KernelExports;
  private readonly kernelName: string;
  private readonly backend: WasmBackend;
  private readonly module: KernelModule;
  private readonly allocations: number[] = [];
  private readonly outputs: TensorInfo[] = [];
  private readonly pool: ThreadPool | undefined;
  private readonly laneMemories: LaneMemory[] = [];
  private readonly takenFilters: {readonly filterId: object; readonly packing: string}[] = [];

  constructor(kernelName: string, backend: WasmBackend) {
    this.kernelName = kernelName;
    this.backend = backend;
    this.module = kernelModule(backend);
    this.kernels = this.module.kernels;
    this.pool = threadPoolOf(backend);
  }

  /**
   * Where a tensor's values lie. They are the tensor's own: not to be written.
   *
   * @throws KernelCallError when the tensor is of another dtype
   */
  address(tensor: TensorInfo, expected: 'float32' | 'int32' | 'bool' = 'float32'): number {
    const {memoryOffset, dtype} = this.backend.dataIdMap.get(tensor.dataId);
    if (dtype === expected) return memoryOffset;
    throw new KernelCallError(
      `${this.kernelName}: a tensor of shape [${tensor.shape.join(', ')}] has dtype ${dtype}; expected ${expected}`,
    );
  }

  /** A new tensor, its values not yet set. It is disposed of if the kernel throws. */
  output(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): Output {
    const size = shape.reduce((product, length) => product * length, 1);
    const address = this.allocate(size * FLOAT_BYTES, `the output of shape [${shape.join(', ')}]`);
    const tensor = this.backend.makeOutput([...shape], dtype, address);
    this.outputs.push(tensor);
    return {tensor, address};
  }

  /** Memory for the time of this call, aligned to a cache line, its contents not set. */
  scratch(bytes: number): number {
    const allocation = this.allocate(bytes + CACHE_LINE, 'intermediate values');
    this.allocations.push(allocation);
    return Math.ceil(allocation / CACHE_LINE) * CACHE_LINE;
  }

  /** `scratch` for `length` float32 values. */
  scratchFloats(length: number): number {
    return this.scratch(length * FLOAT_BYTES);
  }

  /** `scratch` with a table of int32 in it. */
  table(values: Int32Array): number {
    const address = this.scratch(values.byteLength);
    this.int32s(address, values.length).set(values);
    return address;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.module.memory.buffer, address, length);
  }

  /** The values of a bool tensor, 0 or 1 each. */
  bytes(tensor: TensorInfo): Uint8Array {
    const size = tensor.shape.reduce((product, length) => product * length, 1);
    return new Uint8Array(this.module.memory.buffer, this.address(tensor, 'bool'), size);
  }

  int32s(address: number, length: number): Int32Array {
    return new Int32Array(this.module.memory.buffer, address, length);
  }

  /**
   * Scratch memory of which every thread has its own, for use by the items of `parallel`. The address is for arguments of a lane's calls only.
   */
  laneScratch(bytes: number): number {
    if (this.pool === undefined) return this.scratch(bytes);
    const stride = Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
    this.laneMemories.push({base: this.scratch(this.pool.threads * stride), stride});
    return laneAddress(this.laneMemories.length - 1);
  }

  /** Sets every thread's `laneScratch` to zeros. */
  clearLaneScratch(address: number, bytes: number): void {
    if (this.pool === undefined || !isLaneAddress(address)) {
      this.floats(address, bytes / FLOAT_BYTES).fill(0);
      return;
    }
    const {base, stride} = this.laneMemories[laneMemoryIndex(address)];
    this.floats(base, (this.pool.threads * stride) / FLOAT_BYTES).fill(0);
  }

  /** Gives back the scratch memory that `body` has taken, when it ends: for calls that do the same many times. */
  scope<Result>(body: () => Result): Result {
    const allocations = this.allocations.length;
    const memories = this.laneMemories.length;
    try {
      return body();
    } finally {
      this.free(allocations);
      this.laneMemories.length = memories;
    }
  }

  /**
   * A filter as `pack` packs it into scratch memory, or as it has been kept since an earlier call.
   *
   * @param filterId data id of the filter's values
   * @param packing tells apart all ways in which filters are packed
   */
  packedFilter(filterId: object, packing: string, pack: () => readonly PackedPhase[]): readonly PackedPhase[] {
    const filters = keptFilters(this.backend);
    const known = filters.take(filterId, packing);
    if (known === undefined && !filters.isUsedAgain(filterId, packing)) return pack();
    if (known === undefined) {
      const before = this.allocations.length;
      const phases = pack();
      filters.keep(filterId, packing, {phases, allocations: this.allocations.splice(before)});
      this.takenFilters.push({filterId, packing});
      return phases;
    }
    this.takenFilters.push({filterId, packing});
    return known.phases;
  }

  /** How many threads `parallel` uses for work that takes one thread so long. */
  threadsFor(nanoseconds: number): number {
    return this.pool !== undefined && nanoseconds >= this.pool.leastNanoseconds ? this.pool.threads : 1;
  }

  /**
   * Does `items` pieces of work, in any order and on as many threads as there are. An item may write to its own outputs and to `laneScratch` only, and
   * what it computes must not depend on how many items or threads there are: then nor do the results.
   *
   * @param nanoseconds estimate of the time that all of it takes one thread (work.ts); little work stays on the calling thread
   * @param describe hands an item's calls to a lane
   * @returns whether all checked calls answered 1
   */
  parallel(items: number, nanoseconds: number, describe: (item: number, lane: Lane) => void): boolean {
    if (this.pool !== undefined && items > 1 && this.threadsFor(nanoseconds) > 1) {
      return this.pool.run(this.kernelName, items, this.laneMemories, describe);
    }
    const lane = new InlineLane(this.kernels, this.laneMemories);
    for (let item = 0; item < items; item++) describe(item, lane);
    return lane.passed;
  }

  /** Gives the scratch memory back, and the outputs too where the kernel failed. */
  close(failed: boolean): void {
    this.free(0);
    for (const {filterId, packing} of this.takenFilters) keptFilters(this.backend).release(filterId, packing);
    if (failed && !this.mayBeWritten) for (const {dataId} of this.outputs) this.backend.disposeData(dataId, true);
  }

  /** Frees all allocations but the first `kept`. */
  private free(kept: number): void {
    for (const allocation of this.allocations.splice(kept)) {
      if (!this.mayBeWritten) this.backend.wasm._free(allocation);
    }
  }

  /** Whether a thread that was given up may still write to this call's memory, which then cannot be given to others. */
  private get mayBeWritten(): boolean {
    return this.pool?.lost === true;
  }

  private allocate(bytes: number, purpose: string): number {
    // An empty tensor needs an address of its own, too.
    const address = tryToAllocate(this.backend, Math.max(bytes, FLOAT_BYTES));
    if (address !== 0) return address;
    throw new WasmOutOfMemoryError(
      `${this.kernelName}: TF.js's WebAssembly memory has no ${bytes} bytes left for ${purpose} ` +
        `(its size is ${this.module.memory.buffer.byteLength} bytes); use a smaller batch, or dispose of tensors`,
    );
  }
}

/** Runs the body of a kernel; frees its scratch memory whatever happens, and its outputs if it throws. */
export function runKernel<Result>(
  kernelName: string,
  backend: WasmBackend,
  body: (call: KernelCall) => Result,
): Result {
  const call = new KernelCall(kernelName, backend);
  let failed = true;
  try {
    const result = body(call);
    failed = false;
    return result;
  } finally {
    call.close(failed);
  }
}
