// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {copy, PaddedImages} from './padded-images.js';
import {packPanels, roundUp} from './panels.js';

/** Output channels that a forward tile computes at once. */
const WIDTH = 4;

/**
 * The inner loop of a forward pass: 2 output pixels × 4 output channels, over all `taps` of a filter. Eight sums fit the 16 registers of an
 * x86-64 processor together with the operands, and six loads serve eight taps.
 *
 * Adds to out[out0 … out0 + 3] and out[out1 … out1 + 3] the sums over tap of
 * x[pixel0 + offsets[tap]] (pixel1, respectively) combined with panel[panelStart + 4 · tap … + 3].
 */
export type ForwardTile = (
  x: Float64Array,
  pixel0: number,
  pixel1: number,
  offsets: Int32Array,
  taps: number,
  panel: Float64Array,
  panelStart: number,
  out: Float64Array,
  out0: number,
  out1: number,
) => void;

/**
 * Makes outputs of sums: `count` elements of y, from `yStart` on, from those of `sums` from `start` on. The elements belong to consecutive channels of one
 * pixel, or to all channels of several pixels.
 */
export type Finish = (sums: Float64Array, start: number, count: number, y: Float32Array, yStart: number) => void;

/**
 * Runs `tile` over all outputs of a convolution-like op. Padded taps are part of it, with x = 0.
 *
 * @param x [batch, inHeight, inWidth, inChannels]
 * @param filter [filterHeight, filterWidth, inChannels / groups, outChannels]
 * @param finish default: the sums are the outputs
 * @returns y [batch, outHeight, outWidth, outChannels]
 */
export function forwardPass(
  tile: ForwardTile,
  x: Float32Array,
  filter: Float32Array,
  geometry: Conv2DGeometry,
  finish: Finish = copy,
): Float32Array {
  const {batch, groups, outChannels, outHeight, outWidth} = geometry;
  const images = new PaddedImages(geometry, 1);
  const offsets = images.elementOffsets();
  const taps = offsets.length;
  const groupOutChannels = outChannels / groups;
  const groupColumns = roundUp(groupOutChannels, WIDTH);
  const columns = groups * groupColumns;

  const panels = new Float64Array(columns * taps);
  for (let group = 0; group < groups; group++) {
    const matrix = {values: filter, start: group * groupOutChannels, rows: taps, rowStride: outChannels};
    const panelsStart = group * groupColumns * taps;
    packPanels({...matrix, columns: groupOutChannels, columnStride: 1}, WIDTH, panels, panelsStart);
  }

  const y = new Float32Array(batch * outHeight * outWidth * outChannels);
  const sums = new Float64Array(images.origins.length * columns);
  const {origins, values, groupChannels} = images;
  for (let first = 0; first < batch; first += images.capacity) {
    const count = Math.min(images.capacity, batch - first);
    const pixels = count * outHeight * outWidth;
    images.load(x, first, count);
    sums.fill(0);
    for (let column = 0; column < columns; column += WIDTH) {
      const channel = Math.floor(column / groupColumns) * groupChannels;
      for (let pixel = 0; pixel < pixels; pixel += 2) {
        const pixel0 = origins[pixel] + channel;
        const pixel1 = origins[pixel + 1] + channel;
        const out0 = pixel * columns + column;
        tile(values, pixel0, pixel1, offsets, taps, panels, column * taps, sums, out0, out0 + columns);
      }
    }
    const at = first * outHeight * outWidth * outChannels;
    if (groupColumns === groupOutChannels) {
      finish(sums, 0, pixels * outChannels, y, at);
      continue;
    }
    for (let row = 0; row < pixels * groups; row++) {
      finish(sums, row * groupColumns, groupOutChannels, y, at + row * groupOutChannels);
    }
  }
  return y;
}
