// SPDX-License-Identifier: Apache-2.0
import type {ExperimentPart} from '@addernet/plugin';

/** Something in which the experiments of a comparison differ. */
export interface Difference {
  /** Dotted path in the configuration, or the environment's entry. */
  readonly name: string;
  readonly of: 'configuration' | 'environment';
  /** By experiment, in order; absent where it has none. */
  readonly values: readonly (string | undefined)[];
}

/** Entries of an environment that differ from start to start and decide nothing. */
const PASSING = /^(command|memory|resumed\..*)$/u;
/** Where a run folder is made decides nothing either. */
const PASSING_FIELDS = ['output'];

type Entries = ReadonlyMap<string, string>;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function leaves(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
  }
  const list = Array.isArray(value) ? (value.length === 0 ? 'none' : value.join(', ')) : undefined;
  const text = list ?? (typeof value === 'string' ? value : JSON.stringify(value));
  return text === undefined ? [] : [[path, text]];
}

function differing(all: readonly Entries[], of: Difference['of']): readonly Difference[] {
  const names = [...new Set(all.flatMap((entries) => [...entries.keys()]))];
  return names.flatMap((name) => {
    const values = all.map((entries) => entries.get(name));
    return new Set(values).size > 1 ? [{name, of, values}] : [];
  });
}

/** Every setting and every entry of the environment in which experiments differ. */
export function differencesOf(parts: readonly ExperimentPart[]): readonly Difference[] {
  const configurations = parts.map(
    ({config}) => new Map(leaves(config, '').filter(([name]) => !PASSING_FIELDS.includes(name))),
  );
  const environments = parts.map(
    ({environment}) => new Map(Object.entries(environment).filter(([name]) => !PASSING.test(name))),
  );
  return [...differing(configurations, 'configuration'), ...differing(environments, 'environment')];
}
