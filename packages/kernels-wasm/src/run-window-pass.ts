// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {type PackedPhase, PANEL_WIDTH} from './packed-filter.js';
import {imageBytes, PaddedBlock} from './padded-block.js';
import {PIXEL_BYTES, PIXEL_INTS, pixelTable} from './pixel-table.js';
import type {WindowPass} from './window-pass.js';
import {WindowSums} from './window-sums.js';

/** A call takes so many pixels that their inputs have about this size: they stay in a first-level cache while the panels go over them. */
const CALL_BYTES = 2 ** 15;

/** It takes more where that would be fewer taps than this, beside which the cost of a call shows, or fewer pixels, of which tiles are cut off. */
const CALL_TAPS = 2 ** 19;
const LEAST_PIXELS = 64;
const MOST_PIXELS = 4096;

/** One call of a tile loop: addresses and counts as assembly/windows.ts describes them. */
export interface WindowCall {
  readonly source: number;
  readonly target: number;
  readonly pixels: number;
  readonly pixelCount: number;
  readonly runs: number;
  readonly runCount: number;
  readonly runLength: number;
  readonly panels: number;
  readonly columns: number;
  /** Address of the windows' sums, where asked for; otherwise 0. */
  readonly windowSums: number;
  /** Address of the values of this call's columns (packed-filter.ts), where there are any. */
  readonly columnValues: number;
}

export interface WindowPassOptions {
  /** Where the tile loop needs the sums of the windows: the factor that they are multiplied by. */
  readonly windowSums?: number;
}

/**
 * Runs a tile loop over all images, phases and groups of a pass.
 *
 * @param source address of the source tensor's values
 * @param target address of the target tensor's values
 * @param tileLoop answers 1 if all of its outputs are finite, otherwise 0
 * @returns whether all outputs are finite
 */
export function runWindowPass(
  call: KernelCall,
  pass: WindowPass,
  source: number,
  packed: readonly PackedPhase[],
  target: number,
  options: WindowPassOptions,
  tileLoop: (windows: WindowCall) => number,
): boolean {
  if (pass.batch === 0 || pixelsOf(pass) === 0) return true;
  const sourceImageBytes = imageBytes(pass.source);
  const targetImageBytes = imageBytes(pass.target);
  const {limit, images} = blocking(pass);
  const block = new PaddedBlock(call, pass, images);
  const sums =
    options.windowSums === undefined ? undefined : new WindowSums(call, pass, images, limit, options.windowSums);
  const tables = pass.phases.map((phase) => ({
    phase,
    pixels: pixelTable(call, phase.pixels, images, block.imageBytes, targetImageBytes),
    runs: call.table(phase.runs.map((offset) => offset * FLOAT_BYTES)),
  }));
  const groupPanels = Math.ceil(pass.filter.columns / PANEL_WIDTH);
  const sourceGroupBytes = (pass.source.channels / pass.groups) * FLOAT_BYTES;
  const targetGroupBytes = pass.filter.columns * FLOAT_BYTES;

  let finite = 1;
  for (let first = 0; first < pass.batch; first += images) {
    const count = Math.min(images, pass.batch - first);
    const blockAddress = block.load(source + first * sourceImageBytes, count);
    sums?.load(blockAddress, count);
    const targetAddress = target + first * targetImageBytes;
    for (const [index, {phase, pixels, runs}] of tables.entries()) {
      const {panels, rows, columnValues} = packed[index] ?? {panels: 0, rows: 0, columnValues: 0};
      const total = (count * phase.pixels.length) / PIXEL_INTS;
      for (let pixel = 0; pixel < total; pixel += limit) {
        const pixelCount = Math.min(limit, total - pixel);
        for (let group = 0; group < pass.groups; group++) {
          const firstColumn = group * groupPanels * PANEL_WIDTH;
          finite &= tileLoop({
            source: blockAddress + group * sourceGroupBytes,
            target: targetAddress + group * targetGroupBytes,
            pixels: pixels + pixel * PIXEL_BYTES,
            pixelCount,
            runs,
            runCount: phase.runs.length,
            runLength: phase.runLength,
            panels: panels + firstColumn * rows * FLOAT_BYTES,
            columns: pass.filter.columns,
            windowSums: sums?.compute(index, group, pixel, pixelCount) ?? 0,
            columnValues: columnValues + firstColumn * FLOAT_BYTES,
          });
        }
      }
    }
  }
  return finite === 1;
}

/**
 * How many pixels a call gets at most, a multiple of four; and how many images are taken together, so that calls on small images are not much
 * smaller.
 */
function blocking(pass: WindowPass): {readonly limit: number; readonly images: number} {
  const {padded, source, filter, phases, batch} = pass;
  const pixels = pixelsOf(pass);
  const bytesPerPixel = (padded.height * padded.width * source.channels * FLOAT_BYTES) / pixels;
  const tapsPerPixel = Math.max(1, ...phases.map(({taps}) => taps.length)) * filter.rows * filter.columns;
  const least = clamp(CALL_TAPS / tapsPerPixel, LEAST_PIXELS, MOST_PIXELS);
  const limit = Math.max(least, CALL_BYTES / bytesPerPixel);
  return {limit: Math.ceil(limit / 4) * 4, images: Math.min(batch, Math.ceil(least / pixels))};
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function pixelsOf({target}: WindowPass): number {
  return target.height * target.width;
}
