// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createImageSplit} from '../src/index.js';
import {patternedSplit, pixelOf} from './support/splits.js';

const CLASSES = 10;

function counts(labels: ArrayLike<number>): number[] {
  const result = Array.from({length: CLASSES}, () => 0);
  for (const label of Array.from(labels)) result[label] = (result[label] ?? 0) + 1;
  return result;
}

describe('balancedSubset', () => {
  const hundred = patternedSplit(Array.from({length: 100}, (_, index) => (index * 7) % CLASSES));

  it('takes every class equally often, give or take one, in stored order', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 99}), fc.integer(), (size, seed) => {
        const subset = hundred.balancedSubset(size, seed);
        expect(subset.size).toBe(size);
        const perClass = counts(subset.labels);
        expect(Math.max(...perClass) - Math.min(...perClass)).toBeLessThanOrEqual(1);
        // The first pixel tells which image it is: 31 i mod 251 differs for all 100.
        const images = Array.from({length: size}, (_, position) => subset.pixels[position * 60] ?? -1);
        const indices = images.map((pixel) => Array.from({length: 100}, (_, i) => pixelOf(i, 0)).indexOf(pixel));
        expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
        indices.forEach((index, position) => {
          expect(subset.labels[position]).toBe(hundred.labels[index]);
          expect(subset.pixels[position * 60 + 59]).toBe(pixelOf(index, 59));
        });
      }),
      {numRuns: 60},
    );
  });

  it('is determined by the seed, and different for another', () => {
    expect(hundred.balancedSubset(30, 4).pixels).toEqual(hundred.balancedSubset(30, 4).pixels);
    expect(hundred.balancedSubset(30, 4).pixels).not.toEqual(hundred.balancedSubset(30, 5).pixels);
  });

  it('of a smaller size is part of that of a larger one', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 99}), fc.integer({min: 1, max: 99}), fc.integer(), (a, b, seed) => {
        const first = (size: number) => {
          const subset = hundred.balancedSubset(size, seed);
          return Array.from({length: size}, (_, position) => subset.pixels[position * 60]);
        };
        const larger = new Set(first(Math.max(a, b)));
        expect(first(Math.min(a, b)).every((image) => larger.has(image))).toBe(true);
      }),
      {numRuns: 40},
    );
  });

  it('takes all of a class that is short, and fills up from the others', () => {
    const uneven = patternedSplit([0, 0, ...Array.from({length: 30}, (_, index) => 1 + (index % 3))], [4, 5, 3], 5);
    expect(counts(uneven.balancedSubset(20, 1).labels).slice(0, 5)).toEqual([2, 6, 6, 6, 0]);
    const perClass = counts(uneven.balancedSubset(4, 1).labels).slice(0, 5);
    expect(perClass).toEqual([1, 1, 1, 1, 0]);
  });

  it('is the whole split when as many are asked for', () => {
    expect(hundred.balancedSubset(100, 1)).toBe(hundred);
    expect(hundred.balancedSubset(1000, 1)).toBe(hundred);
  });

  it('keeps name, provenance, shape and classes', () => {
    const subset = hundred.balancedSubset(10, 1);
    expect(subset).toMatchObject({
      name: 'train',
      provenance: hundred.provenance,
      imageShape: [4, 5, 3],
      numClasses: CLASSES,
    });
    expect(subset.classNames).toBe(hundred.classNames);
  });

  it.each([0, -1, 2.5, NaN])('refuses size %s', (size) => {
    expect(() => hundred.balancedSubset(size, 1)).toThrow(ArgumentError);
  });

  it('refuses a fractional seed', () => {
    expect(() => hundred.balancedSubset(10, 0.5)).toThrow(/seed is 0.5/);
  });
});

describe('createImageSplit', () => {
  const good = {
    name: 'test',
    provenance: {kind: 'official', label: 'x'},
    imageShape: [2, 2, 1],
    classNames: ['a', 'b'],
    pixels: new Uint8Array(8),
    labels: Uint8Array.of(0, 1),
  } as const;

  it('takes arrays that fit', () => {
    expect(createImageSplit(good)).toMatchObject({size: 2, numClasses: 2, name: 'test'});
  });

  it('refuses arrays that do not', () => {
    expect(() => createImageSplit({...good, pixels: new Uint8Array(7)})).toThrow(
      /7 pixel values for 2 labels; .* shape \[2, 2, 1\]/,
    );
    expect(() => createImageSplit({...good, labels: Uint8Array.of(0, 2)})).toThrow(/label 1 is 2; expected 0 to 1/);
    expect(() => createImageSplit({...good, labels: Int32Array.of(-1, 0)})).toThrow(/label 0 is -1/);
  });
});
