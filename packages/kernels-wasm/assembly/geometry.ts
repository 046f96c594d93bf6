// SPDX-License-Identifier: Apache-2.0
/**
 * Geometry of a convolution-like op as a table of i32, for the direct formulas, which walk over taps one by one. Written by src/geometry-table.ts.
 */
export function batchOf(geometry: usize): i32 {
  return load<i32>(geometry);
}
export function inHeightOf(geometry: usize): i32 {
  return load<i32>(geometry, 4);
}
export function inWidthOf(geometry: usize): i32 {
  return load<i32>(geometry, 8);
}
/** Input channels of one group. */
export function groupInChannelsOf(geometry: usize): i32 {
  return load<i32>(geometry, 12);
}
export function outHeightOf(geometry: usize): i32 {
  return load<i32>(geometry, 16);
}
export function outWidthOf(geometry: usize): i32 {
  return load<i32>(geometry, 20);
}
/** Output channels of one group. */
export function groupOutChannelsOf(geometry: usize): i32 {
  return load<i32>(geometry, 24);
}
export function filterHeightOf(geometry: usize): i32 {
  return load<i32>(geometry, 28);
}
export function filterWidthOf(geometry: usize): i32 {
  return load<i32>(geometry, 32);
}
export function strideHeightOf(geometry: usize): i32 {
  return load<i32>(geometry, 36);
}
export function strideWidthOf(geometry: usize): i32 {
  return load<i32>(geometry, 40);
}
export function dilationHeightOf(geometry: usize): i32 {
  return load<i32>(geometry, 44);
}
export function dilationWidthOf(geometry: usize): i32 {
  return load<i32>(geometry, 48);
}
export function padTopOf(geometry: usize): i32 {
  return load<i32>(geometry, 52);
}
export function padLeftOf(geometry: usize): i32 {
  return load<i32>(geometry, 56);
}
export function groupsOf(geometry: usize): i32 {
  return load<i32>(geometry, 60);
}

/** Address of element (i, j, k, t) of a filter [filterHeight, filterWidth, groupInChannels, outChannels]. */
export function filterElement(geometry: usize, filter: usize, i: i32, j: i32, k: i32, t: i32): usize {
  const outChannels = groupOutChannelsOf(geometry) * groupsOf(geometry);
  const index = ((i * filterWidthOf(geometry) + j) * groupInChannelsOf(geometry) + k) * outChannels + t;
  return filter + ((<usize>index) << 2);
}

/** Address of channel 0 of a pixel of x [batch, inHeight, inWidth, inChannels], or 0 where the pixel lies in the padding. */
export function inPixel(geometry: usize, x: usize, image: i32, row: i32, column: i32): usize {
  const height = inHeightOf(geometry);
  const width = inWidthOf(geometry);
  if (row < 0 || row >= height || column < 0 || column >= width) return 0;
  const index = ((image * height + row) * width + column) * groupInChannelsOf(geometry) * groupsOf(geometry);
  return x + ((<usize>index) << 2);
}

/** Address of channel 0 of a pixel of y or dY [batch, outHeight, outWidth, outChannels]. */
export function outPixel(geometry: usize, y: usize, image: i32, row: i32, column: i32): usize {
  const pixels = (image * outHeightOf(geometry) + row) * outWidthOf(geometry) + column;
  return y + ((<usize>(pixels * groupOutChannelsOf(geometry) * groupsOf(geometry))) << 2);
}
