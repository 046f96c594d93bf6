// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import {elementwiseParts, equalBounds, FLOAT_NANOSECONDS} from './work.js';

/** Floats in a cache line: no two threads write to the same one. */
const LINE_FLOATS = 16;

/** Elementwise work on `count` floats. An item gets the offset of its floats in bytes, and their number. */
export function parallelFloats(
  call: KernelCall,
  count: number,
  describe: (lane: Lane, offset: number, length: number) => void,
): void {
  const bounds = equalBounds(count, elementwiseParts(count), LINE_FLOATS);
  call.parallel(bounds.length - 1, count * FLOAT_NANOSECONDS, (part, lane) => {
    describe(lane, bounds[part] * FLOAT_BYTES, bounds[part + 1] - bounds[part]);
  });
}
