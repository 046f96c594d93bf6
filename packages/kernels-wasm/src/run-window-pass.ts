// SPDX-License-Identifier: Apache-2.0
import type {KernelCall} from './kernel-call.js';
import type {Phase, WindowPass} from './window-pass.js';

/** Columns of a panel, as in assembly/panels.ts. */
export const PANEL_WIDTH = 8;

const FLOAT_BYTES = 4;
const INT_BYTES = 4;
/** A pixel's entry in the table: two int32. */
const PIXEL_INTS = 2;

/** Small images are taken together until a call has this many pixels, so that few tiles are cut off. */
const LEAST_PIXELS = 64;

/**
 * A call takes so many pixels that their inputs have about this size: they stay in a second-level cache while the panels go over them.
 */
const CALL_BYTES = 2 ** 17;

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
  /** Index of the phase, and of this group's first panel among those of the phase. */
  readonly phase: number;
  readonly firstPanel: number;
}

/** The filter of every phase, packed: per group panels of eight columns, their rows in the order of the runs. */
export interface PackedPhase {
  readonly panels: number;
  /** Rows of a panel. */
  readonly rows: number;
  /** Panels of all groups. */
  readonly panelCount: number;
}

/** Packs the filter for all phases of a pass, into scratch memory. */
export function packFilter(call: KernelCall, pass: WindowPass, filter: number): PackedPhase[] {
  const {rows, rowStride, columns, columnStride, groupStride} = pass.filter;
  const groupPanels = Math.ceil(columns / PANEL_WIDTH);
  return pass.phases.map(({taps}) => {
    const panelRows = taps.length * rows;
    const groupFloats = groupPanels * PANEL_WIDTH * panelRows;
    const panels = call.scratchFloats(pass.groups * groupFloats);
    const offsets = call.table(taps.map((offset) => offset * FLOAT_BYTES));
    for (let group = 0; group < pass.groups; group++) {
      call.kernels.packPanels(
        filter + group * groupStride * FLOAT_BYTES,
        panels + group * groupFloats * FLOAT_BYTES,
        offsets,
        taps.length,
        rows,
        rowStride * FLOAT_BYTES,
        columns,
        columnStride * FLOAT_BYTES,
      );
    }
    return {panels, rows: panelRows, panelCount: pass.groups * groupPanels};
  });
}

/**
 * A table with a value for every column of the packed filters, in scratch memory.
 *
 * @param compute fills `panels` × 8 values from the panels at `source`, of `rows` rows
 * @returns address of the values for the columns of a call
 */
export function columnTable(
  call: KernelCall,
  packed: readonly PackedPhase[],
  compute: (source: number, target: number, panels: number, rows: number) => void,
): (windows: WindowCall) => number {
  const addresses = packed.map(({panels, panelCount, rows}) => {
    const address = call.scratchFloats(panelCount * PANEL_WIDTH);
    compute(panels, address, panelCount, rows);
    return address;
  });
  return ({phase, firstPanel}) => (addresses[phase] ?? 0) + firstPanel * PANEL_WIDTH * FLOAT_BYTES;
}

/** Most pixels that a call of the tile loop gets, a multiple of four: the size for what a kernel keeps per pixel. */
export function mostPixels(pass: WindowPass): number {
  const perPixel = (pass.padded.height * pass.padded.width * pass.source.channels * FLOAT_BYTES) / pixelsOf(pass);
  return Math.max(LEAST_PIXELS, Math.floor(CALL_BYTES / perPixel / LEAST_PIXELS) * LEAST_PIXELS);
}

/** Images that are padded together, and whose pixels share calls. */
function blockImages(pass: WindowPass): number {
  return Math.min(pass.batch, Math.ceil(LEAST_PIXELS / pixelsOf(pass)));
}

function pixelsOf({target}: WindowPass): number {
  return Math.max(1, target.height * target.width);
}

/**
 * Runs a tile loop over all images, phases and groups of a pass.
 *
 * @param source address of the source tensor's values
 * @param target address of the target tensor's values
 */
export function runWindowPass(
  call: KernelCall,
  pass: WindowPass,
  source: number,
  packed: readonly PackedPhase[],
  target: number,
  tileLoop: (windows: WindowCall) => void,
): void {
  if (pass.batch === 0) return;
  const sourceImageBytes = imageBytes(pass.source);
  const targetImageBytes = imageBytes(pass.target);
  const images = blockImages(pass);
  const limit = mostPixels(pass);
  const block = new PaddedBlock(call, pass, images);
  const tables = pass.phases.map((phase) => ({
    phase,
    pixels: pixelTable(call, phase, images, block.imageBytes, targetImageBytes),
    runs: call.table(phase.runs.map((offset) => offset * FLOAT_BYTES)),
  }));
  const groupPanels = Math.ceil(pass.filter.columns / PANEL_WIDTH);
  const sourceGroupBytes = (pass.source.channels / pass.groups) * FLOAT_BYTES;
  const targetGroupBytes = pass.filter.columns * FLOAT_BYTES;

  for (let first = 0; first < pass.batch; first += images) {
    const count = Math.min(images, pass.batch - first);
    const blockAddress = block.load(source + first * sourceImageBytes, count);
    const targetAddress = target + first * targetImageBytes;
    for (const [index, {phase, pixels, runs}] of tables.entries()) {
      const {panels, rows} = packed[index] ?? {panels: 0, rows: 0};
      const total = (count * phase.pixels.length) / PIXEL_INTS;
      for (let pixel = 0; pixel < total; pixel += limit) {
        for (let group = 0; group < pass.groups; group++) {
          const firstPanel = group * groupPanels;
          tileLoop({
            source: blockAddress + group * sourceGroupBytes,
            target: targetAddress + group * targetGroupBytes,
            pixels: pixels + pixel * PIXEL_INTS * INT_BYTES,
            pixelCount: Math.min(limit, total - pixel),
            runs,
            runCount: phase.runs.length,
            runLength: phase.runLength,
            panels: panels + firstPanel * PANEL_WIDTH * rows * FLOAT_BYTES,
            columns: pass.filter.columns,
            phase: index,
            firstPanel,
          });
        }
      }
    }
  }
}

/** Images with zeros around them, or the tensor itself where there are none. */
class PaddedBlock {
  readonly imageBytes: number;
  private readonly call: KernelCall;
  private readonly pass: WindowPass;
  private readonly address: number | undefined;

  constructor(call: KernelCall, pass: WindowPass, images: number) {
    const {source, padded} = pass;
    this.call = call;
    this.pass = pass;
    this.imageBytes = imageBytes({...padded, channels: source.channels});
    if (padded.height === source.height && padded.width === source.width) return;
    const address = call.scratch(images * this.imageBytes);
    call.floats(address, (images * this.imageBytes) / FLOAT_BYTES).fill(0);
    this.address = address;
  }

  /** @returns the address of `count` images that are contiguous at `source`, with their padding. */
  load(source: number, count: number): number {
    if (this.address === undefined) return source;
    const {height, width, channels} = this.pass.source;
    const {padded} = this.pass;
    this.call.kernels.padImages(
      source,
      this.address,
      count,
      height,
      width,
      channels,
      padded.height,
      padded.width,
      padded.top,
      padded.left,
    );
    return this.address;
  }
}

function imageBytes({height, width, channels}: {height: number; width: number; channels: number}): number {
  return height * width * channels * FLOAT_BYTES;
}

/** The table of a phase's pixels, of `images` images one after the other. */
function pixelTable(
  call: KernelCall,
  {pixels}: Phase,
  images: number,
  sourceImageBytes: number,
  targetImageBytes: number,
): number {
  const values = new Int32Array(images * pixels.length);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (let pixel = 0; pixel < pixels.length; pixel += PIXEL_INTS) {
      values[at++] = image * sourceImageBytes + (pixels[pixel] ?? 0) * FLOAT_BYTES;
      values[at++] = image * targetImageBytes + (pixels[pixel + 1] ?? 0) * FLOAT_BYTES;
    }
  }
  return call.table(values);
}
