// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {depthwiseForwardPass, depthwiseInputGradientPass} from './depthwise-pass.js';
import {FLOAT_BYTES} from './kernel-call.js';
import {PIXEL_INTS} from './pixel-table.js';
import {forwardPass, inputGradientPass, type Phase, type WindowPass} from './window-pass.js';

/** A call takes so many pixels that their inputs have about this size: they stay in a first-level cache while the panels go over them. */
const CALL_BYTES = 2 ** 15;

/** It takes more where that would be fewer taps than this, beside which the cost of a call shows, or fewer pixels, of which tiles are cut off. */
const CALL_TAPS = 2 ** 19;
const LEAST_PIXELS = 64;
const MOST_PIXELS = 4096;

/** Longer runs are cut, so that the tile loops (assembly/window-tiles.ts) can take a panel in blocks. */
const MOST_RUN_LENGTH = 384;

/** Where a phase's tables begin, in bytes from the start of the plan's tables. */
interface PhaseTables {
  readonly pixels: number;
  readonly runs: number;
  readonly runCount: number;
  readonly runLength: number;
}

/** A pass made ready to run: how it is cut into calls, and its tables as the WebAssembly side reads them. Depends on the geometry alone. */
export interface WindowPlan {
  readonly pass: WindowPass;
  /** Images that are padded together, and whose pixels share calls. */
  readonly images: number;
  /** Pixels that a call gets at most, a multiple of four. */
  readonly limit: number;
  /** All tables, one behind the other. */
  readonly tables: Int32Array;
  readonly phases: readonly (PhaseTables & {
    /** Pixels of an image in this phase. */
    readonly pixelCount: number;
    /** Where the offsets of the taps in the filter begin, and how many they are. */
    readonly taps: number;
    readonly tapCount: number;
    /** The same of those that lie in the padding, where they are kept apart. */
    readonly absent: number;
    readonly absentCount: number;
  })[];
  readonly sums: {
    /** Whether the windows' sums are made from sums over every source pixel's channels: neighbouring windows share those. */
    readonly shared: boolean;
    readonly phases: readonly PhaseTables[];
  };
}

const plans = new Map<string, WindowPlan>();
/** Size of all tables of `plans`, and how large it may become, in int32. */
let cachedInts = 0;
const MOST_CACHED_INTS = 2 ** 21;

/** The plan of the forward pass: windows of x, for y. */
export function forwardPlan(geometry: Conv2DGeometry): WindowPlan {
  return cached('forward', geometry, forwardPass);
}

/** The plan of the input gradient: windows of dY, for dX. */
export function inputGradientPlan(geometry: Conv2DGeometry): WindowPlan {
  return cached('input gradient', geometry, inputGradientPass);
}

/** The plan of the forward pass where every group has one channel in and one out, and all of them are computed together. */
export function depthwiseForwardPlan(geometry: Conv2DGeometry): WindowPlan {
  return cached('depthwise forward', geometry, depthwiseForwardPass);
}

/** The same of the input gradient. */
export function depthwiseInputGradientPlan(geometry: Conv2DGeometry): WindowPlan {
  return cached('depthwise input gradient', geometry, depthwiseInputGradientPass);
}

/** A network has few geometries and asks for them again and again. */
function cached(kind: string, g: Conv2DGeometry, passOf: (geometry: Conv2DGeometry) => WindowPass): WindowPlan {
  const key = [
    kind,
    ...[g.batch, g.inHeight, g.inWidth, g.inChannels, g.outHeight, g.outWidth, g.outChannels, g.filterHeight],
    ...[g.filterWidth, g.strideHeight, g.strideWidth, g.dilationHeight, g.dilationWidth],
    ...[g.padTop, g.padBottom, g.padLeft, g.padRight, g.groups],
  ].join(' ');
  const known = plans.get(key);
  if (known !== undefined) return known;
  const plan = makePlan(passOf(g));
  cachedInts += plan.tables.length;
  plans.set(key, plan);
  for (const [oldest, {tables}] of plans) {
    if (cachedInts <= MOST_CACHED_INTS) break;
    plans.delete(oldest);
    cachedInts -= tables.length;
  }
  return plan;
}

function makePlan(pass: WindowPass): WindowPlan {
  const {padded, source, target, groups} = pass;
  const {images, limit} = blocking(pass);
  const tables = new TableBuilder();
  const imagePixels = padded.height * padded.width;
  const sourceImageBytes = imagePixels * source.channels * FLOAT_BYTES;
  const targetImageBytes = target.height * target.width * target.channels * FLOAT_BYTES;
  const phases = pass.phases.map(({pixels, taps, absent = new Int32Array(), ...long}) => {
    const {runs, runLength} = shortRuns(long);
    return {
      pixelCount: pixels.length / PIXEL_INTS,
      pixels: tables.addPixels(pixels, images, sourceImageBytes, targetImageBytes),
      runs: tables.addOffsets(runs),
      runCount: runs.length,
      runLength,
      taps: tables.addOffsets(taps),
      tapCount: taps.length,
      absent: tables.addOffsets(absent),
      absentCount: absent.length,
    };
  });
  const shared = paysToShare(pass);
  const sumPhases = shared
    ? pass.phases.map(({pixels, sumRuns}) => ({
        pixels: tables.addPixels(
          pixels.map((offset) => (offset / source.channels) * groups),
          images,
          imagePixels * groups * FLOAT_BYTES,
          0,
        ),
        runs: tables.addOffsets(sumRuns.runs),
        runCount: sumRuns.runs.length,
        runLength: sumRuns.runLength,
      }))
    : phases;
  return {pass, images, limit, tables: tables.build(), phases, sums: {shared, phases: sumPhases}};
}

/** The same runs cut into equal parts, none longer than a block of the tile loops where that is possible. */
function shortRuns({runs, runLength}: Pick<Phase, 'runs' | 'runLength'>): Pick<Phase, 'runs' | 'runLength'> {
  for (let parts = 1; parts < runLength / 4; parts++) {
    const length = runLength / parts;
    if (length > MOST_RUN_LENGTH || length % 4 !== 0) continue;
    if (parts === 1) break;
    const starts = Array.from(runs, (run) => Array.from({length: parts}, (_, part) => run + part * length));
    return {runs: Int32Array.from(starts.flat()), runLength: length};
  }
  return {runs, runLength};
}

/** How many pixels a call gets, and how many images are taken together so that calls on small images are not much smaller. */
function blocking(pass: WindowPass): {readonly limit: number; readonly images: number} {
  const {padded, source, target, filter, phases, batch} = pass;
  const pixels = Math.max(1, target.height * target.width);
  const bytesPerPixel = Math.max(1, (padded.height * padded.width * source.channels * FLOAT_BYTES) / pixels);
  const tapsPerPixel = Math.max(1, ...phases.map(({taps}) => taps.length)) * filter.rows * filter.columns;
  const least = Math.min(MOST_PIXELS, Math.max(LEAST_PIXELS, CALL_TAPS / tapsPerPixel));
  const limit = Math.max(least, CALL_BYTES / bytesPerPixel);
  return {limit: Math.ceil(limit / 4) * 4, images: Math.min(batch, Math.ceil(least / pixels))};
}

/** Whether summing channels first takes fewer additions. */
function paysToShare({padded, phases, source, groups}: WindowPass): boolean {
  const channels = source.channels / groups;
  const windowPixels = phases.reduce((sum, {pixels, taps}) => sum + (pixels.length / PIXEL_INTS) * taps.length, 0);
  return padded.height * padded.width * channels + windowPixels < windowPixels * channels;
}

class TableBuilder {
  private readonly values: number[] = [];

  /** @returns where the table begins, in bytes */
  addOffsets(offsets: Int32Array): number {
    const start = this.values.length * Int32Array.BYTES_PER_ELEMENT;
    for (const offset of offsets) this.values.push(offset * FLOAT_BYTES);
    return start;
  }

  /** The pixels of `images` images, one after the other. */
  addPixels(pixels: Int32Array, images: number, sourceImageBytes: number, targetImageBytes: number): number {
    const start = this.values.length * Int32Array.BYTES_PER_ELEMENT;
    for (let image = 0; image < images; image++) {
      for (let pixel = 0; pixel < pixels.length; pixel += PIXEL_INTS) {
        this.values.push(
          image * sourceImageBytes + (pixels[pixel] ?? 0) * FLOAT_BYTES,
          image * targetImageBytes + (pixels[pixel + 1] ?? 0) * FLOAT_BYTES,
        );
      }
    }
    return start;
  }

  build(): Int32Array {
    return Int32Array.from(this.values);
  }
}
