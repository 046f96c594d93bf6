// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Standard normal numbers, rounded to float32. */
export function normalValues(count: number, random: CounterRandom): Float32Array {
  return Float32Array.from({length: count}, () => random.normal());
}

/** n/8 with n in −16…16. */
export function dyadicValues(count: number, random: CounterRandom): Float32Array {
  return Float32Array.from({length: count}, () => (random.integer(33) - 16) / 8);
}

/** Odd multiples of 1/16 in −31/16…31/16. */
export function oddSixteenths(count: number, random: CounterRandom): Float32Array {
  return Float32Array.from({length: count}, () => (2 * random.integer(32) - 31) / 16);
}

/** Even multiples of 1/16 in −2…2 without 0: at least 1/8 from 0, as padding is, and 1/16 from every {@link oddSixteenths}. */
export function nonZeroEvenSixteenths(count: number, random: CounterRandom): Float32Array {
  return Float32Array.from({length: count}, () => {
    const magnitude = (random.integer(16) + 1) / 8;
    return random.integer(2) === 0 ? magnitude : -magnitude;
  });
}

/** Magnitudes. */
export function absolute(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, Math.abs);
}

/** Negated magnitudes. */
export function negativeAbsolute(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (value) => -Math.abs(value));
}

/** `count` times the same value. */
export function filled(count: number, value: number): Float64Array {
  return new Float64Array(count).fill(value);
}
