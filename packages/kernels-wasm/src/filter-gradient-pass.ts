// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {imageBytes, PaddedBlock} from './padded-block.js';
import {forwardPass, type Phase} from './window-pass.js';

/** Columns of a panel, as in assembly/panels.ts. */
export const PANEL_WIDTH = 8;
/** A pixel's entry in a table, as in assembly/windows.ts: two int32. */
const PIXEL_BYTES = 8;
const DOUBLE_BYTES = 8;
const PANEL_ROW_BYTES = PANEL_WIDTH * FLOAT_BYTES;

/**
 * Output pixels of a call: enough that adding a call's sums to the totals costs little, and few enough that their dY and x stay near the processor: at
 * best as many as fill CALL_BYTES with x.
 */
const LEAST_PIXELS = 128;
const MOST_PIXELS = 256;
const CALL_BYTES = 2 ** 15;

/** One call of a tile loop: addresses and counts as assembly/filter-gradients.ts describes them. */
export interface FilterGradientCall {
  readonly source: number;
  readonly pixels: number;
  readonly pixelCount: number;
  readonly rowOffsets: number;
  readonly rows: number;
  readonly dyPanels: number;
  readonly columns: number;
  /** The sums of this call's group, in panels. */
  readonly target: number;
  /** The filter of this call's group, in panels; 0 without one. */
  readonly filter: number;
}

/** Addresses of the tensors of a pass. */
export interface FilterGradientTensors {
  readonly x: number;
  readonly dy: number;
  readonly dFilter: number;
  /** Where the tile loop needs it. */
  readonly filter?: number;
  /** F·ΣdY, to be subtracted from what the tile loop gives; `dySums` is float64 [outChannels]. */
  readonly correction?: {readonly filter: number; readonly dySums: number};
}

/**
 * Runs a tile loop over all images, output pixels and groups, in an order that depends on the geometry alone, and writes dF. Strides, dilations and
 * padding end here, in tables. Padded taps take part, with x = 0.
 *
 * @returns whether dF is finite; without a correction this is not looked at, and true
 */
export function runFilterGradientPass(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: FilterGradientTensors,
  tileLoop: (windows: FilterGradientCall) => void,
): boolean {
  const {batch, groups, inChannels, outChannels} = geometry;
  const rows = geometry.filterHeight * geometry.filterWidth * (inChannels / groups);
  const columns = outChannels / groups;
  const groupPanels = Math.ceil(columns / PANEL_WIDTH);
  const groupBytes = groupPanels * rows * PANEL_ROW_BYTES;
  const outPixels = geometry.outHeight * geometry.outWidth;
  const limit = callPixels(geometry);
  const outPixelBytes = outChannels * FLOAT_BYTES;

  const sums = call.scratch(groups * groupBytes);
  call.floats(sums, (groups * groupBytes) / FLOAT_BYTES).fill(0);
  const noOffset = call.table(Int32Array.of(0));
  const filterPanels = tensors.filter === undefined ? 0 : call.scratch(groups * groupBytes);
  if (tensors.filter !== undefined) {
    for (let group = 0; group < groups; group++) {
      const matrix = tensors.filter + group * columns * FLOAT_BYTES;
      const target = filterPanels + group * groupBytes;
      call.kernels.packPanels(matrix, target, noOffset, 1, rows, outPixelBytes, columns, FLOAT_BYTES);
    }
  }

  if (batch > 0 && outPixels > 0) {
    const pass = forwardPass(geometry);
    const [phase] = pass.phases;
    const capacity = Math.min(batch, Math.ceil(limit / outPixels));
    const images = new PaddedBlock(call, pass, capacity);
    const pixels = call.table(windowOffsets(phase, capacity, images.imageBytes));
    const rowOffsets = call.table(elementOffsets(phase));
    const dyPanels = call.scratch(groupPanels * limit * PANEL_ROW_BYTES);
    for (let first = 0; first < batch; first += capacity) {
      const count = Math.min(capacity, batch - first);
      const source = images.load(tensors.x + first * imageBytes(pass.source), count);
      const blockDy = tensors.dy + first * outPixels * outPixelBytes;
      for (const {start, length} of equalParts(count * outPixels, limit)) {
        for (let group = 0; group < groups; group++) {
          const partDy = blockDy + start * outPixelBytes + group * columns * FLOAT_BYTES;
          call.kernels.packPanels(partDy, dyPanels, noOffset, 1, length, outPixelBytes, columns, FLOAT_BYTES);
          tileLoop({
            source: source + group * (inChannels / groups) * FLOAT_BYTES,
            pixels: pixels + start * PIXEL_BYTES,
            pixelCount: length,
            rowOffsets,
            rows,
            dyPanels,
            columns,
            target: sums + group * groupBytes,
            filter: filterPanels + group * groupBytes,
          });
        }
      }
    }
  }

  const {correction} = tensors;
  let finite = true;
  for (let group = 0; group < groups; group++) {
    const panels = sums + group * groupBytes;
    const groupOffset = group * columns * FLOAT_BYTES;
    const target = tensors.dFilter + groupOffset;
    if (correction === undefined) {
      call.kernels.unpackPanels(panels, target, rows, columns, outPixelBytes);
      continue;
    }
    const filter = correction.filter + groupOffset;
    const dySums = correction.dySums + group * columns * DOUBLE_BYTES;
    const answer = call.kernels.unpackPanelsLessFilter(panels, target, rows, columns, outPixelBytes, filter, dySums);
    finite = finite && answer === 1;
  }
  return finite;
}

function callPixels({inChannels, strideHeight, strideWidth}: Conv2DGeometry): number {
  const pixelBytes = inChannels * strideHeight * strideWidth * FLOAT_BYTES;
  return Math.min(MOST_PIXELS, Math.max(LEAST_PIXELS, Math.floor(CALL_BYTES / pixelBytes)));
}

/** Parts of at most `limit` pixels, as equal as whole numbers can be. */
function equalParts(pixels: number, limit: number): {readonly start: number; readonly length: number}[] {
  const parts = Math.ceil(pixels / limit);
  const bounds = Array.from({length: parts + 1}, (_, part) => Math.floor((part * pixels) / parts));
  return bounds.slice(1).map((end, part) => ({start: bounds[part], length: end - bounds[part]}));
}

/** Table of the output pixels of `images` images: bytes to each one's window, and a second number that is not used. */
function windowOffsets({pixels}: Phase, images: number, bytes: number): Int32Array {
  const offsets = new Int32Array(images * pixels.length);
  for (let image = 0; image < images; image++) {
    const start = image * pixels.length;
    for (let at = 0; at < pixels.length; at += 2) offsets[start + at] = image * bytes + pixels[at] * FLOAT_BYTES;
  }
  return offsets;
}

/** Bytes from a window to the element of x that every row of the filter meets. */
function elementOffsets({runs, runLength}: Phase): Int32Array {
  const offsets = new Int32Array(runs.length * runLength);
  let at = 0;
  for (const run of runs) {
    for (let element = 0; element < runLength; element++) offsets[at++] = (run + element) * FLOAT_BYTES;
  }
  return offsets;
}
