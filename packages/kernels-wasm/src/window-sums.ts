// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {PIXEL_BYTES, pixelTable} from './pixel-table.js';
import type {WindowPass} from './window-pass.js';

interface PhaseTables {
  readonly pixels: number;
  readonly runs: number;
  readonly runCount: number;
  readonly runLength: number;
}

/**
 * Sums of a source's windows. Where a window has several taps, the channels of every source pixel are summed first: neighbouring windows share
 * those sums.
 */
export class WindowSums {
  private readonly call: KernelCall;
  private readonly pass: WindowPass;
  private readonly sums: number;
  private readonly scale: number;
  /** An image of sums per pixel and group instead of channels; absent where that does not pay. */
  private readonly channelSums: number | undefined;
  private readonly phases: readonly PhaseTables[];
  /** Address of the block's images, or of their channel sums. */
  private images = 0;

  /**
   * @param images number of images in a block
   * @param mostPixels pixels in a call at most, a multiple of four
   * @param scale factor of all sums
   */
  constructor(call: KernelCall, pass: WindowPass, images: number, mostPixels: number, scale: number) {
    const {padded, groups, source} = pass;
    this.call = call;
    this.pass = pass;
    this.scale = scale;
    this.sums = call.scratchFloats(mostPixels);
    const imagePixels = padded.height * padded.width;
    const shared = paysToShare(pass);
    const channels = shared ? groups : source.channels;
    this.channelSums = shared ? call.scratchFloats(images * imagePixels * groups) : undefined;
    this.phases = pass.phases.map((phase) => {
      const {runs, runLength} = shared ? phase.sumRuns : phase;
      const pixels = shared ? phase.pixels.map((offset) => (offset / source.channels) * groups) : phase.pixels;
      return {
        pixels: pixelTable(call, pixels, images, imagePixels * channels * FLOAT_BYTES, 0),
        runs: call.table(runs.map((offset) => offset * FLOAT_BYTES)),
        runCount: runs.length,
        runLength,
      };
    });
  }

  /** Makes ready for a block of `count` images at `source`. */
  load(source: number, count: number): void {
    this.images = source;
    if (this.channelSums === undefined) return;
    const {padded, groups} = this.pass;
    const stretches = count * padded.height * padded.width * groups;
    this.call.kernels.sumStretches(source, stretches, this.pass.source.channels / groups, this.channelSums);
    this.images = this.channelSums;
  }

  /** @returns address of the sums of `pixelCount` windows of the block, from pixel `first` of a phase. */
  compute(phase: number, group: number, first: number, pixelCount: number): number {
    const tables = this.phases[phase];
    if (tables === undefined) return this.sums;
    const {source, groups} = this.pass;
    const groupFloats = this.channelSums === undefined ? source.channels / groups : 1;
    this.call.kernels.sumWindows(
      this.images + group * groupFloats * FLOAT_BYTES,
      tables.pixels + first * PIXEL_BYTES,
      pixelCount,
      tables.runs,
      tables.runCount,
      tables.runLength,
      this.sums,
      this.scale,
    );
    return this.sums;
  }
}

/** Whether summing channels first takes fewer additions. */
function paysToShare({padded, phases, source, target, groups}: WindowPass): boolean {
  const channels = source.channels / groups;
  const pixels = phases.reduce((sum, phase) => sum + (phase.pixels.length / 2) * phase.taps.length, 0);
  return target.height > 0 && padded.height * padded.width * channels + pixels < pixels * channels;
}
