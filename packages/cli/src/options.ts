// SPDX-License-Identifier: Apache-2.0
import {InvalidArgumentError} from 'commander';

/** For options that can be given several times. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** @throws InvalidArgumentError, which commander turns into a message with the option's name */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`given "${text}", expected an integer ≥ 1.`);
}
