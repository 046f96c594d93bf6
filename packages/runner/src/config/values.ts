// SPDX-License-Identifier: Apache-2.0
import {describeValue} from '@addernet/core';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path, undefined where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current) && typeof key === 'number') current = current[key];
    else if (isRecord(current) && typeof key === 'string' && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}

/** `upper` laid over `lower`: objects are merged, everything else (lists too) replaces; undefined leaves what is there. */
export function merge(lower: unknown, upper: unknown): unknown {
  if (upper === undefined) return lower;
  if (!isRecord(lower) || !isRecord(upper)) return upper;
  const merged = new Map(Object.entries(lower));
  for (const [key, value] of Object.entries(upper)) merged.set(key, merge(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** The dotted paths of all values that are not objects. */
export function leafPaths(value: unknown, path: readonly string[] = []): string[] {
  if (!isRecord(value)) return value === undefined ? [] : [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leafPaths(inner, [...path, key]));
}

/** A value for errors; in a configuration, undefined is what is not there. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : describeValue(value);
}
