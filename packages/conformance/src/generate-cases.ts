// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import type {ConformanceCase, OpRecord} from './op-record.js';

/** The seed of a run that names none. */
export const DEFAULT_SEED = 1;

/** Random cases per op of a run that names no number. */
export const DEFAULT_RANDOM_CASES = 12;

/** Keeps a case: a glob over case ids (`*` stands for any characters), or a predicate. */
export type CaseFilter = string | ((candidate: ConformanceCase) => boolean);

export interface GenerateCasesOptions {
  /** Random shapes and all values derive from it. Default {@link DEFAULT_SEED}. */
  readonly seed?: number;
  /** How many cases of random shape to add to the tile-edge ones. Default {@link DEFAULT_RANDOM_CASES}. */
  readonly randomCases?: number;
  readonly filter?: CaseFilter;
}

/** The cases of an op: the tile-edge ones, then `randomCases` drawn from the seed. */
export function generateCases(record: OpRecord, options: GenerateCasesOptions = {}): readonly ConformanceCase[] {
  const {seed = DEFAULT_SEED, randomCases = DEFAULT_RANDOM_CASES, filter} = options;
  const random = Array.from({length: randomCases}, (_, index) =>
    record.randomCase(`random-${index}`, new CounterRandom(seed, record.name, 'shapes', index)),
  );
  const cases = [...record.edgeCases(), ...random];
  return filter === undefined ? cases : cases.filter(caseMatcher(filter));
}

function caseMatcher(filter: CaseFilter): (candidate: ConformanceCase) => boolean {
  if (typeof filter === 'function') return filter;
  const matches = globMatcher(filter);
  return ({id}) => matches(id);
}

/** A glob with `*` for any characters, slashes included. */
export function globMatcher(glob: string): (text: string) => boolean {
  const pattern = new RegExp(`^${glob.split('*').map(escapeRegExp).join('.*')}$`, 'su');
  return (text) => pattern.test(text);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
}
