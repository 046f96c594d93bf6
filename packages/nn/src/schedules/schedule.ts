// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue} from '@addernet/core';

/** Learning rate at a time in epochs: 0 is the start, 0.5 the middle of the first epoch. */
export type Schedule = (epoch: number) => number;

export function checkNumber(owner: string, name: string, value: number, least: number): number {
  if (!Number.isFinite(value) || value < least) {
    throw new ArgumentError(
      `${owner}: ${name} is ${describeValue(value)}; expected a finite number of at least ${least}`,
    );
  }
  return value;
}
