// SPDX-License-Identifier: Apache-2.0

/** The two inputs of a convolution-like op. */
export function pairOf<T>(inputs: readonly T[]): readonly [T, T] {
  const [first, second] = inputs;
  if (first === undefined || second === undefined || inputs.length !== 2) {
    throw new RangeError(`expected two inputs, x and filter; got ${inputs.length}`);
  }
  return [first, second];
}

/** The three inputs of batch normalisation. */
export function tripleOf<T>(inputs: readonly T[]): readonly [T, T, T] {
  const [first, second, third] = inputs;
  if (first === undefined || second === undefined || third === undefined || inputs.length !== 3) {
    throw new RangeError(`expected three inputs, x, scale and offset; got ${inputs.length}`);
  }
  return [first, second, third];
}
