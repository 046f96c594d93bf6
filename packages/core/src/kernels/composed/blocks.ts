// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '../contract.js';

/**
 * Elements of a temporary matrix [channels, pixels]: 256 KiB, which stays in a second-level cache between the three or four ops that pass over
 * it, and is large enough for TF.js's cost per op not to matter.
 */
const BLOCK_ELEMENTS = 64 * 1024;

/** A range of the batch, or of channels. */
export interface Range {
  readonly start: number;
  readonly size: number;
}

/** Ranges of the batch such that `channels` × pixels is about a block. At least one image each; none for an empty batch. */
export function batchBlocks(g: Conv2DGeometry, channels: number): Range[] {
  return split(0, g.batch, Math.floor(BLOCK_ELEMENTS / (channels * g.outHeight * g.outWidth)));
}

/** Ranges of `channels` channels per group, each within one group, such that range × pixels is about a block. */
export function channelBlocks(
  g: Conv2DGeometry,
  channels: number,
  images: number,
): (Range & {readonly group: number})[] {
  const most = Math.floor(BLOCK_ELEMENTS / (images * g.outHeight * g.outWidth));
  return Array.from({length: g.groups}, (_, group) =>
    split(group * channels, channels, most).map((range) => ({...range, group})),
  ).flat();
}

function split(start: number, total: number, most: number): Range[] {
  const step = Math.max(1, most);
  const count = Math.ceil(total / step);
  return Array.from({length: count}, (_, index) => ({
    start: start + index * step,
    size: Math.min(step, total - index * step),
  }));
}

/** Every place of the filter, row by row. */
export function filterPlaces(g: Conv2DGeometry): {readonly i: number; readonly j: number}[] {
  return Array.from({length: g.filterHeight * g.filterWidth}, (_, place) => ({
    i: Math.floor(place / g.filterWidth),
    j: place % g.filterWidth,
  }));
}
