// SPDX-License-Identifier: Apache-2.0
import {EXPORT_NAMES, type KernelExports} from '../generated/kernels.js';
import type {Lane} from '../lane.js';
import {HEAD_ARGUMENTS, HEAD_CHECKED} from './control.js';

const FUNCTION_OF = new Map(EXPORT_NAMES.map((name, index) => [name, index]));

/** Writes calls down in a list, for run-items.js. */
export class CallRecorder implements Lane {
  /** Where the next call goes. */
  position = 0;
  private readonly calls: Float64Array;
  private readonly onFull: (needed: number) => void;

  /** @param onFull makes room for so many numbers at `position`, which it may move */
  constructor(calls: Float64Array, onFull: (needed: number) => void) {
    this.calls = calls;
    this.onFull = onFull;
  }

  run<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void {
    this.record(name, args, 0);
  }

  check<Name extends keyof KernelExports>(name: Name, ...args: Parameters<KernelExports[Name]>): void {
    this.record(name, args, HEAD_CHECKED);
  }

  private record(name: keyof KernelExports, args: readonly number[], flags: number): void {
    if (this.position + args.length >= this.calls.length) this.onFull(args.length + 1);
    const {calls} = this;
    let at = this.position;
    calls[at++] = (FUNCTION_OF.get(name) ?? 0) + args.length * HEAD_ARGUMENTS + flags;
    for (const argument of args) calls[at++] = argument;
    this.position = at;
  }
}
