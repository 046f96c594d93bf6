// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {describe} from '../errors.js';

/** Learning rate at a time in epochs: 0 is the start, 0.5 the middle of the first epoch. */
export type Schedule = (epoch: number) => number;

export function checkNumber(owner: string, name: string, value: number, least: number): number {
  if (!Number.isFinite(value) || value < least) {
    throw new ArgumentError(`${owner}: ${name} is ${describe(value)}; expected a finite number of at least ${least}`);
  }
  return value;
}
