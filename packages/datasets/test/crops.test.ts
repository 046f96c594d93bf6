// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {centerCrop, randomRegion} from '../src/image-folder/crops.js';

const length = fc.integer({min: 1, max: 5000});

describe('centerCrop', () => {
  it('is torchvision’s Resize(256) and CenterCrop(224)', () => {
    expect(centerCrop(500, 375, 224)).toEqual({
      resized: [341, 256],
      region: {left: 59, top: 16, width: 224, height: 224},
    });
    expect(centerCrop(256, 256, 224).resized).toEqual([256, 256]);
    expect(centerCrop(10, 10, 1)).toEqual({resized: [1, 1], region: {left: 0, top: 0, width: 1, height: 1}});
  });

  it('stays within the resized image, in its middle', () => {
    fc.assert(
      fc.property(length, length, fc.integer({min: 1, max: 300}), (width, height, size) => {
        const {resized, region} = centerCrop(width, height, size);
        for (const [from, whole] of [
          [region.left, resized[0]],
          [region.top, resized[1]],
        ] as const) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(from + size).toBeLessThanOrEqual(whole);
          expect(Math.abs(from - (whole - from - size))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('randomRegion', () => {
  const crop = {scale: [0.08, 1], ratio: [3 / 4, 4 / 3]} as const;

  it('lies in the image, whatever its form', () => {
    fc.assert(
      fc.property(length, length, fc.integer(), (width, height, seed) => {
        const region = randomRegion(new CounterRandom(seed), width, height, crop);
        expect(region.width).toBeGreaterThanOrEqual(1);
        expect(region.height).toBeGreaterThanOrEqual(1);
        expect(region.left).toBeGreaterThanOrEqual(0);
        expect(region.top).toBeGreaterThanOrEqual(0);
        expect(region.left + region.width).toBeLessThanOrEqual(width);
        expect(region.top + region.height).toBeLessThanOrEqual(height);
      }),
    );
  });

  it('has areas and ratios from the whole ranges', () => {
    const regions = Array.from({length: 500}, (_, seed) => randomRegion(new CounterRandom(seed), 400, 400, crop));
    const areas = regions.map(({width, height}) => (width * height) / 160_000);
    const ratios = regions.map(({width, height}) => width / height);
    expect(Math.min(...areas)).toBeGreaterThan(0.075);
    expect(Math.min(...areas)).toBeLessThan(0.12);
    expect(Math.max(...areas)).toBeGreaterThan(0.9);
    expect(Math.min(...ratios)).toBeGreaterThan(0.73);
    expect(Math.max(...ratios)).toBeLessThan(1.36);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(0.5);
    expect(new Set(regions.map(({left}) => left)).size).toBeGreaterThan(100);
  });

  it('takes the largest fitting region in the middle of a very long image', () => {
    expect(randomRegion(new CounterRandom(1), 1000, 10, crop)).toEqual({left: 493, top: 0, width: 13, height: 10});
  });
});
