// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {wrapLines} from '../src/charts/theme.js';
import {
  formatCount,
  formatDuration,
  formatFixed,
  formatList,
  formatMillions,
  formatPercent,
  formatSignificant,
  formatSpeed,
  formatStatistic,
  formatTime,
} from '../src/format.js';
import {differenceError, statisticOf} from '../src/statistics.js';

describe('numbers', () => {
  it('have units, grouping and a true minus sign', () => {
    expect(formatCount(278_324)).toBe('278,324');
    expect(formatMillions(40_818_688)).toBe('40.8\u00a0M');
    expect(formatPercent(0.12345, 2)).toBe('12.35\u00a0%');
    expect(formatFixed(-2.5, 1)).toBe('−2.5');
    expect(formatSignificant(0.1)).toBe('0.100');
    expect(formatSignificant(1234.5)).toBe('1,235');
    expect(formatSignificant(0)).toBe('0');
    expect(formatSignificant(2.5e-7)).toBe('2.50e−7');
    expect(formatSpeed(1.6)).toBe('1.60');
    expect(formatSpeed(84.46)).toBe('84.5');
    expect(formatSpeed(1234.5)).toBe('1,235');
  });

  it.each([NaN, Infinity, -Infinity])('are called non-finite when %s', (value) => {
    for (const format of [formatCount, formatMillions, formatSignificant, formatSpeed, formatDuration]) {
      expect(format(value)).toBe('non-finite');
    }
    expect(formatFixed(value, 2)).toBe('non-finite');
    expect(formatPercent(value, 2)).toBe('non-finite');
  });

  it('show the spread with the digits of the mean', () => {
    expect(formatStatistic({mean: 84.46, deviation: 0.4567, count: 3}, formatSpeed)).toBe('84.5 ± 0.5');
    expect(formatStatistic({mean: 84.46, count: 1}, formatSpeed)).toBe('84.5');
    expect(formatStatistic(undefined, formatSpeed)).toBe('–');
  });
});

describe('times', () => {
  it('are read at a glance', () => {
    expect(formatDuration(12.34)).toBe('12.3\u00a0s');
    expect(formatDuration(59.97)).toBe('1\u00a0min 00\u00a0s');
    expect(formatDuration(185)).toBe('3\u00a0min 05\u00a0s');
    expect(formatDuration(3725)).toBe('1\u00a0h 02\u00a0min');
    expect(formatTime('2026-11-22T10:00:59.123+01:00')).toBe('2026-11-22 09:00 UTC');
    expect(formatTime('yesterday')).toBe('yesterday');
  });
});

it('lists are written out', () => {
  expect(['a', 'b', 'c'].map((_, index) => formatList(['a', 'b', 'c'].slice(0, index + 1)))).toEqual([
    'a',
    'a and b',
    'a, b and c',
  ]);
  expect(formatList([])).toBe('');
});

describe('wrapLines', () => {
  it('loses nothing but white space and keeps to the width', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 200}), fc.integer({min: 1, max: 40}), (text, width) => {
        const lines = wrapLines(text, width);
        expect(lines.join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
        expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('statistics', () => {
  it('are the mean and the sample standard deviation', () => {
    expect(statisticOf([])).toBeUndefined();
    expect(statisticOf([3])).toEqual({mean: 3, count: 1});
    expect(statisticOf([2, 4, 9])).toEqual({mean: 5, deviation: Math.sqrt(13), count: 3});
    expect(statisticOf([1, NaN])).toEqual({mean: NaN, count: 2});
  });

  it('give the error of a difference from seeds, or from the test images where there is one seed', () => {
    const first = {mean: 0.5, deviation: 0.03, count: 9};
    const second = {mean: 0.4, deviation: 0.02, count: 4};
    expect(differenceError(first, second, 1000)).toEqual({
      standardError: expect.closeTo(Math.sqrt(0.0001 + 0.0001), 12),
      source: 'seeds',
    });
    expect(differenceError({mean: 0.5, count: 1}, second, 1000)).toEqual({
      standardError: expect.closeTo(Math.sqrt((0.25 + 0.24) / 1000), 12),
      source: 'test-images',
    });
    expect(differenceError({mean: 0.5, count: 1}, {mean: 0.5, count: 1}, 0)).toBeUndefined();
  });
});
