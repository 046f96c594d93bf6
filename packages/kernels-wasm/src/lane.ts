// SPDX-License-Identifier: Apache-2.0
import type {KernelExports} from './generated/kernels.js';
import {isLaneAddress, laneMemoryIndex, laneOffset} from './lane-memory.js';
import type {LaneMemory} from './thread-pool.js';

/**
 * Takes the calls that one item of parallel work (`KernelCall.parallel`) consists of. They are made one after the other by one thread, at once or
 * later; so a call's arguments cannot depend on what an earlier one has written, but the calls themselves do.
 */
export interface Lane {
  run<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void;
  /** The same for a function that answers 1 or 0: if any answers 0, `parallel` answers false. */
  check<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void;
}

/** Makes every call at once, on the calling thread. */
export class InlineLane implements Lane {
  /** Whether all checked calls have answered 1. */
  passed = true;
  private readonly kernels: KernelExports;
  private readonly memories: readonly LaneMemory[];

  constructor(kernels: KernelExports, memories: readonly LaneMemory[]) {
    this.kernels = kernels;
    this.memories = memories;
  }

  run<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void {
    Reflect.apply(this.kernels[name], undefined, this.resolve(args));
  }

  check<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void {
    if (Reflect.apply(this.kernels[name], undefined, this.resolve(args)) !== 1) this.passed = false;
  }

  /** Arguments with addresses in the calling thread's own memory. */
  private resolve(args: readonly number[]): readonly number[] {
    if (this.memories.length === 0) return args;
    return args.map((value) => {
      if (!isLaneAddress(value)) return value;
      return this.memories[laneMemoryIndex(value)].base + laneOffset(value);
    });
  }
}
