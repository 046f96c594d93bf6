// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {PIXEL_INTS} from './pixel-table.js';
import {forwardPass, inputGradientPass, type Phase, type WindowPass} from './window-pass.js';

/** Windows of the forward pass where every group has one channel in and one out; all channels are computed together. */
export function depthwiseForwardPass(geometry: Conv2DGeometry): WindowPass {
  return channelwise(forwardPass(geometry));
}

/** The same of the input gradient. */
export function depthwiseInputGradientPass(geometry: Conv2DGeometry): WindowPass {
  return channelwise(inputGradientPass(geometry));
}

/**
 * A pass with its groups as the columns of one, each of which takes its own element of a run. With so few operations per element, copying images into padding would
 * show: here windows have no taps in the padding, and pixels with the same taps are a phase.
 */
function channelwise(pass: WindowPass): WindowPass {
  const {source, groups: columns, phases} = pass;
  return {
    ...pass,
    groups: 1,
    padded: {top: 0, left: 0, height: source.height, width: source.width},
    filter: {rows: 1, rowStride: columns, columns, columnStride: 1, groupStride: columns},
    phases: phases.flatMap((phase) => clippedPhases(pass, phase)),
  };
}

/** A phase's pixels by the taps that they have inside the image. */
function clippedPhases({source, padded}: WindowPass, {pixels, runs, taps}: Phase): Phase[] {
  const {channels} = source;
  const rowOf = (offset: number) => Math.floor(offset / channels / padded.width) - padded.top;
  const columnOf = (offset: number) => ((offset / channels) % padded.width) - padded.left;
  const inside = (offset: number) => {
    const row = rowOf(offset);
    const column = columnOf(offset);
    return row >= 0 && row < source.height && column >= 0 && column < source.width;
  };
  const unpadded = (offset: number) => (rowOf(offset) * source.width + columnOf(offset)) * channels;

  const classes = new Map<string, {readonly present: readonly boolean[]; readonly pixels: number[]}>();
  for (let at = 0; at < pixels.length; at += PIXEL_INTS) {
    const present = Array.from(runs, (run) => inside(pixels[at] + run));
    const key = present.join();
    const entry = classes.get(key) ?? {present, pixels: []};
    classes.set(key, entry);
    entry.pixels.push(pixels[at], pixels[at + 1]);
  }
  return Array.from(classes.values(), ({present, pixels: padded}) => {
    const origin = padded[0];
    const kept = runs.filter((_, tap) => present[tap]);
    return {
      pixels: Int32Array.from(padded, (offset, index) => (index % PIXEL_INTS === 0 ? unpadded(offset) : offset)),
      runs: kept.map((run) => unpadded(origin + run) - unpadded(origin)),
      runLength: 1,
      taps: taps.filter((_, tap) => present[tap]),
      absent: taps.filter((_, tap) => !present[tap]),
      sumRuns: {runs: new Int32Array(), runLength: 0},
    };
  });
}
