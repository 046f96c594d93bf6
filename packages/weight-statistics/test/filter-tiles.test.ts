// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {filterTiles, type FilterImage} from '../src/index.js';

const rows = ({width, height, channels, pixels}: FilterImage): number[][] =>
  Array.from({length: height}, (_, row) => [...pixels.subarray(row * width * channels, (row + 1) * width * channels)]);

describe('filterTiles', () => {
  it('draws filters of one channel in grey, on one scale', () => {
    // Shape [1, 2, 1, 3]: the last index is the filter.
    const image = filterTiles([-1, 0, 0.5, 1, 0, -0.5], [1, 2, 1, 3], {columns: 2});
    expect(rows(image)).toEqual([
      [255, 255, 255, 255, 255, 255, 255],
      [255, 0, 255, 255, 128, 128, 255],
      [255, 255, 255, 255, 255, 255, 255],
      [255, 191, 64, 255, 255, 255, 255],
      [255, 255, 255, 255, 255, 255, 255],
    ]);
  });

  it('draws filters of three channels in colour', () => {
    const image = filterTiles([1, -1, 0], [1, 1, 3, 1], {gap: 0});
    expect(image).toMatchObject({width: 1, height: 1, channels: 3});
    expect([...image.pixels]).toEqual([255, 0, 128]);
  });

  it('draws every channel of other filters as a tile, a row for each filter', () => {
    const image = filterTiles([1, -1, 0, 0.5], [1, 1, 2, 2], {gap: 0});
    // Filter 0 has channels 1 and 0, filter 1 has −1 and 0.5.
    expect(rows(image)).toEqual([
      [255, 128],
      [0, 191],
    ]);
  });

  it('makes a weight as large as asked, and as square a picture as can be', () => {
    const image = filterTiles(new Float32Array(3 * 3 * 16), [3, 3, 1, 16], {scale: 4, gap: 2});
    expect(image).toMatchObject({width: 4 * (12 + 2) + 2, height: 4 * (12 + 2) + 2});
    expect(image.pixels[image.width * 3 + 3]).toBe(128);
  });

  it('draws what is not finite as zero', () => {
    expect([...filterTiles([NaN, 2, -Infinity], [1, 3, 1, 1], {gap: 0}).pixels]).toEqual([128, 255, 128]);
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [[], [0, 1, 1, 1]],
    [
      [1, 2],
      [1, 1, 1, 1],
    ],
  ])('refuses %j in a shape of %j', (values, shape) => {
    expect(() => filterTiles(values, shape)).toThrow(RangeError);
  });
});
