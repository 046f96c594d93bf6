// SPDX-License-Identifier: Apache-2.0

/** Characters of a value in an error message. */
const LONGEST = 120;
/** Members of a list or an object that can have room in it. */
const MOST = LONGEST / 3;
/** Lists and objects within one another that are shown; also ends cycles. */
const DEEPEST = 3;

/**
 * A value as it stands in an error message: like source code, short, on one line. Never throws, whatever is given.
 *
 * @example
 * describeValue('same') // "'same'"
 * describeValue([3, NaN]) // '[3, NaN]'
 */
export function describeValue(value: unknown): string {
  const text = written(value, DEEPEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value.slice(0, LONGEST).replaceAll('\n', '\\n')}'`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    if (Array.isArray(value)) {
      const list: readonly unknown[] = value.slice(0, MOST);
      return depth === 0 ? '[…]' : `[${Array.from(list, (item) => written(item, depth - 1)).join(', ')}]`;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      const name: unknown = value.constructor?.name;
      return typeof name === 'string' && name !== '' ? `an object of class ${name}` : 'an object';
    }
    if (depth === 0) return '{…}';
    const fields = Object.entries(value).slice(0, MOST);
    return `{${fields.map(([key, field]) => `${key}: ${written(field, depth - 1)}`).join(', ')}}`;
  } catch {
    // A getter or a proxy that throws.
    return 'an object';
  }
}
