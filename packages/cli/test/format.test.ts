// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {count, duration, megabytes, percent, rate} from '../src/format.js';
import {fitBar} from '../src/progress/fit-bar.js';
import {definitionList, table, wrapText} from '../src/text.js';

it('writes quantities', () => {
  expect([0, 0.0512, 1].map(percent)).toEqual(['0.0 %', '5.1 %', '100.0 %']);
  expect([0, 59.4, 59.6, 3599, 3600, 90_061].map(duration)).toEqual([
    '0:00',
    '0:59',
    '1:00',
    '59:59',
    '1:00:00',
    '25:01:01',
  ]);
  expect([Infinity, Number.NaN, -3].map(duration)).toEqual(['–', '–', '0:00']);
  expect([1.234, 12.34, 123.4].map(rate)).toEqual(['1.23', '12.3', '123']);
  expect(megabytes(169_001_437)).toBe('169.0 MB');
  expect(count(1_234_567)).toBe('1,234,567');
});

describe('on a narrow screen', () => {
  const parts = fc.array(fc.string({minLength: 1, maxLength: 20, unit: 'grapheme-ascii'}), {maxLength: 6});

  it('a bar never reaches the last column and keeps the first parts', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 20, max: 200}),
        fc.double({min: 0, max: 1, noNaN: true}),
        parts,
        (columns, progress, given) => {
          const line = fitBar(columns, progress, given);
          expect(line.length).toBeLessThan(columns);
          const text = given.map((part) => `  ${part}`);
          const shown = text.findLastIndex((_, index) => line.endsWith(text.slice(0, index + 1).join('')));
          // Another part would have left no room for the shortest bar.
          if (shown < given.length - 1) {
            expect(2 + 4 + 10 + text.slice(0, shown + 2).join('').length).toBeGreaterThan(columns - 1);
          }
        },
      ),
    );
  });

  it('a bar is as full as the work is done', () => {
    expect(fitBar(80, 0, [])).toBe(`  ${'░'.repeat(30)}  0%`);
    expect(fitBar(80, 0.5, ['half'])).toBe(`  ${'█'.repeat(15)}${'░'.repeat(15)} 50%  half`);
    expect(fitBar(80, 1, [])).toBe(`  ${'█'.repeat(30)}100%`);
  });

  it('texts break between words and lose none', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,15}$/), {minLength: 1, maxLength: 40});
    fc.assert(
      fc.property(words, fc.integer({min: 60, max: 100}), fc.integer({min: 0, max: 10}), (given, columns, indent) => {
        const lines = wrapText(given.join(' '), columns, indent).split('\n');
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        for (const line of lines.slice(1)) expect(line.startsWith(' '.repeat(indent))).toBe(true);
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(given);
      }),
    );
    const items = [
      {term: 'conv', text: 'the ordinary one'},
      {term: 'adder', text: 'no multiplications\n2 additions per tap'},
    ];
    expect(definitionList(items, 80)).toBe(
      ['  conv   the ordinary one', '  adder  no multiplications', '         2 additions per tap'].join('\n'),
    );
  });
});

it('aligns numbers to the right and words to the left', () => {
  expect(
    table(
      ['name', 'size'],
      [
        ['a', '1,000'],
        ['long name', '5'],
      ],
    ),
  ).toBe(['name        size', 'a          1,000', 'long name      5'].join('\n'));
});
