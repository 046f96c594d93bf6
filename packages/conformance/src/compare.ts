// SPDX-License-Identifier: Apache-2.0
import {SMALLEST_FLOAT32} from './tolerance.js';

/** The element that misses by most, in units of its bound. */
export interface WorstElement {
  /** Index along each axis. */
  readonly index: readonly number[];
  readonly got: number;
  readonly expected: number;
  /** Greatest |got − expected| allowed; 0 where the value must be equal. */
  readonly bound: number;
}

/** Elements that do not agree. */
export interface Mismatch {
  readonly count: number;
  readonly total: number;
  readonly worst: WorstElement;
}

interface Tested {
  readonly expected: number;
  readonly bound: number;
  /** 0: agrees. Otherwise how bad, Infinity at worst. */
  readonly excess: number;
}

/**
 * |got − expected| ≤ bound for each element. Where the reference is NaN or infinite, so must the value be: NaN for NaN and ∞ of the same
 * sign. Where the reference is finite and its bound is not, the value has to be finite.
 */
export function compareWithin(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bounds: ArrayLike<number>,
  shape: readonly number[],
): Mismatch | undefined {
  return compare(got, expected.length, shape, (value, index) =>
    testWithin(value, at(expected, index), at(bounds, index)),
  );
}

/** As {@link compareWithin}, but where the reference is NaN or infinite any non-finite value will do. */
export function compareWithinPresence(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bounds: ArrayLike<number>,
  shape: readonly number[],
): Mismatch | undefined {
  return compare(got, expected.length, shape, (value, index) => {
    const wanted = at(expected, index);
    if (!Number.isFinite(wanted) && !Number.isFinite(value)) return {expected: wanted, bound: 0, excess: 0};
    return testWithin(value, wanted, at(bounds, index));
  });
}

/** As {@link compareWithinPresence}, but where the reference is NaN any value will do. */
export function compareWithinDefined(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bounds: ArrayLike<number>,
  shape: readonly number[],
): Mismatch | undefined {
  const open = Float64Array.from(expected, (wanted, index) => (Number.isNaN(wanted) ? at(got, index) : wanted));
  return compareWithinPresence(got, open, bounds, shape);
}

/** Equal bit for bit to the reference, except that 0 and −0 are the same. */
export function compareExactly(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  shape: readonly number[],
): Mismatch | undefined {
  return compare(got, expected.length, shape, (value, index) => testWithin(value, at(expected, index), 0));
}

/** Equal bit for bit to another run's values, the sign of zero included. */
export function compareBits(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  shape: readonly number[],
): Mismatch | undefined {
  return compare(got, expected.length, shape, (value, index) => {
    const wanted = at(expected, index);
    return {expected: wanted, bound: 0, excess: Object.is(value, wanted) ? 0 : Infinity};
  });
}

function testWithin(value: number, expected: number, bound: number): Tested {
  if (!Number.isFinite(expected)) return {expected, bound: 0, excess: Object.is(value, expected) ? 0 : Infinity};
  if (!Number.isFinite(value)) return {expected, bound, excess: Infinity};
  const error = Math.abs(value - expected);
  if (error === 0 || !Number.isFinite(bound)) return {expected, bound, excess: 0};
  const allowed = bound === 0 ? 0 : bound + SMALLEST_FLOAT32;
  return {expected, bound: allowed, excess: error <= allowed ? 0 : error / allowed};
}

function compare(
  got: ArrayLike<number>,
  expectedLength: number,
  shape: readonly number[],
  test: (value: number, index: number) => Tested,
): Mismatch | undefined {
  let count = 0;
  let worst: {readonly index: number; readonly got: number; readonly tested: Tested} | undefined;
  const total = Math.max(got.length, expectedLength);
  for (let index = 0; index < total; index++) {
    const value = at(got, index);
    const tested = test(value, index);
    if (tested.excess === 0) continue;
    count++;
    if (worst === undefined || tested.excess > worst.tested.excess) worst = {index, got: value, tested};
  }
  if (worst === undefined) return undefined;
  const {expected, bound} = worst.tested;
  return {count, total, worst: {index: unravel(worst.index, shape), got: worst.got, expected, bound}};
}

/** Flat index → index along each axis. */
function unravel(flat: number, shape: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = flat;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}
