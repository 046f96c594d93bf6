// SPDX-License-Identifier: Apache-2.0
/**
 * Rough times of one thread, from which is judged whether work is worth being shared between threads, and how finely it is cut. They are constants, so that
 * the cut depends on shapes alone. Measured on an x86-64 core (docs/performance.md); a factor of two does not matter.
 */

/** Of a tap (a multiply-add or the adder's equivalent) in the tile loops. */
export const TAP_NANOSECONDS = 1 / 15;

/** Of a float that is read, touched once or twice and written. */
export const FLOAT_NANOSECONDS = 0.3;

/** Bounds of `parts` consecutive parts of `length` things, all but the last a multiple of `unit` and as equal as that allows. */
export function equalBounds(length: number, parts: number, unit = 1): number[] {
  const units = Math.ceil(length / unit);
  return Array.from({length: parts + 1}, (_, part) => Math.min(length, Math.floor((part * units) / parts) * unit));
}

/** Parts of elementwise work on `length` floats: each long enough to be worth a thread's while. */
export function elementwiseParts(length: number): number {
  return Math.max(1, Math.min(MOST_PARTS, Math.floor(length / LEAST_PART_FLOATS)));
}

const MOST_PARTS = 64;
const LEAST_PART_FLOATS = 2 ** 14;
