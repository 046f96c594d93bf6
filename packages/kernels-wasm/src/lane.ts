// SPDX-License-Identifier: Apache-2.0
import type {KernelExports} from './generated/kernels.js';

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

  constructor(kernels: KernelExports) {
    this.kernels = kernels;
  }

  run<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void {
    Reflect.apply(this.kernels[name], undefined, args);
  }

  check<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void {
    if (Reflect.apply(this.kernels[name], undefined, args) !== 1) this.passed = false;
  }
}
