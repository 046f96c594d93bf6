// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {PaddedImages} from './padded-images.js';
import {packPanels, roundUp} from './panels.js';

/** Output channels that a filter-gradient tile takes at once. */
const WIDTH = 4;

/**
 * The inner loop of a filter gradient: 2 elements of a filter × 4 output channels, over `pixels` output pixels. The tile adds to
 * out[out0 … out0 + 3] what x[origins[pixel] + offset0] gives with dy[dyStart + 4 · pixel … + 3], and to out[out1 …] likewise with offset1.
 * filter has out's layout.
 */
export type FilterGradientTile = (
  x: Float64Array,
  offset0: number,
  offset1: number,
  origins: Int32Array,
  pixels: number,
  dy: Float64Array,
  dyStart: number,
  filter: Float64Array,
  out: Float64Array,
  out0: number,
  out1: number,
) => void;

/**
 * Runs `tile` over all elements of a filter and all output pixels. Padded taps are part of it, with x = 0.
 *
 * @param x [batch, inHeight, inWidth, inChannels]
 * @param filter [filterHeight, filterWidth, inChannels / groups, outChannels]; undefined where the gradient does not depend on it
 * @param dy [batch, outHeight, outWidth, outChannels]
 * @returns dF, of the filter's shape, in float64
 */
export function filterGradientPass(
  tile: FilterGradientTile,
  x: Float32Array,
  filter: Float32Array | undefined,
  dy: Float32Array,
  geometry: Conv2DGeometry,
): Float64Array {
  const {batch, groups, outHeight, outWidth, outChannels} = geometry;
  const images = new PaddedImages(geometry, 1);
  const {origins, values, groupChannels} = images;
  const offsets = images.elementOffsets();
  const taps = offsets.length;
  const groupOutChannels = outChannels / groups;
  const groupColumns = roundUp(groupOutChannels, WIDTH);
  const columns = groups * groupColumns;

  // One row more than there are taps: it pairs up with the last of an odd number.
  const sums = new Float64Array((taps + 1) * columns);
  const paddedFilter = new Float64Array(filter === undefined ? 0 : sums.length);
  if (filter !== undefined) {
    visitFilter(geometry, groupColumns, (index, padded) => {
      paddedFilter[padded] = filter[index];
    });
  }

  const dyPanels = new Float64Array(images.capacity * outHeight * outWidth * columns);
  for (let first = 0; first < batch; first += images.capacity) {
    const count = Math.min(images.capacity, batch - first);
    const pixels = count * outHeight * outWidth;
    images.load(x, first, count);
    for (let group = 0; group < groups; group++) {
      const start = first * outHeight * outWidth * outChannels + group * groupOutChannels;
      const rows = {rows: pixels, rowStride: outChannels};
      const panelsStart = group * groupColumns * pixels;
      packPanels(
        {values: dy, start, ...rows, columns: groupOutChannels, columnStride: 1},
        WIDTH,
        dyPanels,
        panelsStart,
      );
    }
    for (let column = 0; column < columns; column += WIDTH) {
      const channel = Math.floor(column / groupColumns) * groupChannels;
      for (let tap = 0; tap < taps; tap += 2) {
        const offset0 = offsets[tap] + channel;
        const offset1 = offsets[Math.min(tap + 1, taps - 1)] + channel;
        const out0 = tap * columns + column;
        const out1 = out0 + columns;
        tile(values, offset0, offset1, origins, pixels, dyPanels, column * pixels, paddedFilter, sums, out0, out1);
      }
    }
  }

  const gradient = new Float64Array(taps * outChannels);
  visitFilter(geometry, groupColumns, (index, padded) => {
    gradient[index] = sums[padded];
  });
  return gradient;
}

/** Calls `visit` with every index into a filter, and that into its layout with the output channels of a group rounded up. */
function visitFilter(
  {filterHeight, filterWidth, inChannels, outChannels, groups}: Conv2DGeometry,
  groupColumns: number,
  visit: (index: number, padded: number) => void,
): void {
  const groupOutChannels = outChannels / groups;
  const rows = filterHeight * filterWidth * (inChannels / groups) * groups;
  for (let row = 0, index = 0; row < rows; row++) {
    for (let t = 0; t < groupOutChannels; t++, index++) visit(index, row * groupColumns + t);
  }
}
