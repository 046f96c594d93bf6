// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {describeValue} from '../src/index.js';

class Filter {
  size = 3;
}

describe('describeValue', () => {
  const cycle: unknown[] = [1];
  cycle.push(cycle);
  it.each<[unknown, string]>([
    ['same', "'same'"],
    ['two\nlines', "'two\\nlines'"],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [7n, '7'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('x'), 'Symbol(x)'],
    [[1, [NaN, 'a'], {pad: [0, 1]}], "[1, [NaN, 'a'], {pad: [0, 1]}]"],
    [{filters: 3, name: undefined}, '{filters: 3, name: undefined}'],
    [Object.create(null), '{}'],
    [new Filter(), 'an object of class Filter'],
    [new Float32Array(3), 'an object of class Float32Array'],
    [Filter, 'function Filter'],
    [() => 0, 'a function'],
    [cycle, '[1, [1, [1, […]]]]'],
    [
      {
        get broken(): number {
          throw new Error('no');
        },
      },
      'an object',
    ],
  ])('%#', (value, text) => expect(describeValue(value)).toBe(text));

  it('is one short line, whatever is given', () => {
    fc.assert(
      fc.property(fc.anything({withBigInt: true, withNullPrototype: true, withTypedArray: true}), (value) => {
        const text = describeValue(value);
        expect(text.length).toBeLessThanOrEqual(120);
      }),
    );
    expect(describeValue('x'.repeat(1000))).toMatch(/^'x{118}…$/);
  });
});
