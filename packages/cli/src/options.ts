// SPDX-License-Identifier: Apache-2.0
import type {Normalization} from '@addernet/plugin';
import {NORMALIZATION_FORM, parseNormalization} from '@addernet/runner';
import {InvalidArgumentError} from 'commander';

/** For options that can be given several times. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** @throws InvalidArgumentError as `positiveInteger` */
export function threadCount(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 64) return value;
  throw new InvalidArgumentError(`given "${text}", expected auto or an integer from 1 to 64.`);
}

/** @throws InvalidArgumentError, which commander turns into a message with the option's name */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`given "${text}", expected an integer ≥ 1.`);
}

/** @throws InvalidArgumentError */
export function normalization(text: string): Normalization {
  const value = parseNormalization(text);
  if (value === undefined) throw new InvalidArgumentError(`given "${text}", expected ${NORMALIZATION_FORM}.`);
  return value;
}

/** @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`given "${text}", expected a number > 0.`);
}

/** 'conv,adder'. @throws InvalidArgumentError */
export function names(text: string): readonly string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.every((name) => name !== '') && new Set(list).size === list.length) return list;
  throw new InvalidArgumentError(`given "${text}", expected one or more different names, e.g. conv,adder.`);
}

/** '32x32x3'. @throws InvalidArgumentError */
export function imageShape(text: string): readonly [number, number, number] {
  const sizes = text.split(/[x×]/).map((size) => (/^\d+$/.test(size) ? Number(size) : 0));
  const [height, width, channels] = sizes;
  if (sizes.length === 3 && height && width && channels) return [height, width, channels];
  throw new InvalidArgumentError(`given "${text}", expected height x width x channels, e.g. 224x224x3.`);
}
