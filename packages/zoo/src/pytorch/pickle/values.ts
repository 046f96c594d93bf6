// SPDX-License-Identifier: Apache-2.0

/** Python's None, bool, float and str; an int is a number where it is a safe integer, otherwise a bigint. */
export type PickleScalar = null | boolean | number | bigint | string;

/** What a pickle may hold: plain values and containers, and objects that the host made. */
export type PickleValue = PickleScalar | PickleList | PickleTuple | PickleDict | HostObject;

export class PickleList {
  readonly items: PickleValue[] = [];
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A dict or an OrderedDict, in order of insertion. */
export class PickleDict {
  readonly entries = new Map<PickleScalar, PickleValue>();
}

/** Base of what only the host of an unpickler can make, e.g. tensors. */
export abstract class HostObject {
  /** For errors, e.g. 'a tensor'. */
  abstract readonly what: string;
}

/** A short text for errors; does not descend into containers, which may hold themselves. */
export function describePickleValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof PickleList) return `a list of ${value.items.length}`;
  if (value instanceof PickleTuple) return `a tuple of ${value.items.length}`;
  if (value instanceof PickleDict) return `a dict of ${value.entries.size}`;
  if (value instanceof HostObject) return value.what;
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  return value === null ? 'None' : String(value).slice(0, 60);
}
