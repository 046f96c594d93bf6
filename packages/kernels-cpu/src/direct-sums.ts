// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';

/** Index of an element of x that lies in the padding. */
export const PADDING = -1;

/** Index of x[image, row, column, channel], or PADDING. */
function xIndex(g: Conv2DGeometry, image: number, row: number, column: number, channel: number): number {
  if (row < 0 || row >= g.inHeight || column < 0 || column >= g.inWidth) return PADDING;
  return ((image * g.inHeight + row) * g.inWidth + column) * g.inChannels + channel;
}

/**
 * Σ of `term` over the taps of one output element: the plain formula, for the few elements where a faster form does not hold.
 *
 * @param yIndex into [batch, outHeight, outWidth, outChannels]
 * @param term what the tap of x[xIndex] (or PADDING) and filter[filterIndex] contributes
 */
function sumOverOutputTaps(
  g: Conv2DGeometry,
  yIndex: number,
  term: (xIndex: number, filterIndex: number) => number,
): number {
  const t = yIndex % g.outChannels;
  const pixel = Math.floor(yIndex / g.outChannels);
  const outColumn = pixel % g.outWidth;
  const outRow = Math.floor(pixel / g.outWidth) % g.outHeight;
  const image = Math.floor(pixel / (g.outWidth * g.outHeight));
  const channels = g.inChannels / g.groups;
  const firstChannel = Math.floor((t * g.groups) / g.outChannels) * channels;
  let sum = 0;
  let filterIndex = t;
  for (let i = 0; i < g.filterHeight; i++) {
    const row = outRow * g.strideHeight - g.padTop + i * g.dilationHeight;
    for (let j = 0; j < g.filterWidth; j++) {
      const column = outColumn * g.strideWidth - g.padLeft + j * g.dilationWidth;
      for (let k = 0; k < channels; k++, filterIndex += g.outChannels) {
        sum += term(xIndex(g, image, row, column, firstChannel + k), filterIndex);
      }
    }
  }
  return sum;
}

/** ΣX·F of one output element, in which a padded tap contributes nothing, whatever the filter holds there. */
export function productSum(x: Float32Array, filter: Float32Array, g: Conv2DGeometry, yIndex: number): number {
  return sumOverOutputTaps(g, yIndex, (xAt, filterAt) => (xAt === PADDING ? 0 : x[xAt] * filter[filterAt]));
}

/**
 * Σ of `term` over the taps of one filter element, that is over all output pixels: the plain formula, likewise.
 *
 * @param filterIndex into [filterHeight, filterWidth, inChannels / groups, outChannels]
 * @param term what the tap of x[xIndex] (or PADDING) and dy[yIndex] contributes
 */
export function sumOverFilterTaps(
  g: Conv2DGeometry,
  filterIndex: number,
  term: (xIndex: number, yIndex: number) => number,
): number {
  const channels = g.inChannels / g.groups;
  const t = filterIndex % g.outChannels;
  const k = Math.floor(filterIndex / g.outChannels) % channels;
  const position = Math.floor(filterIndex / (g.outChannels * channels));
  const j = position % g.filterWidth;
  const i = Math.floor(position / g.filterWidth);
  const channel = Math.floor((t * g.groups) / g.outChannels) * channels + k;
  let sum = 0;
  let yIndex = t;
  for (let image = 0; image < g.batch; image++) {
    for (let outRow = 0; outRow < g.outHeight; outRow++) {
      const row = outRow * g.strideHeight - g.padTop + i * g.dilationHeight;
      for (let outColumn = 0; outColumn < g.outWidth; outColumn++, yIndex += g.outChannels) {
        const column = outColumn * g.strideWidth - g.padLeft + j * g.dilationWidth;
        sum += term(xIndex(g, image, row, column, channel), yIndex);
      }
    }
  }
  return sum;
}
