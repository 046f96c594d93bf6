// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import {imageBytes, PaddedBlock} from './padded-block.js';
import {forwardPass, type Phase} from './window-pass.js';
import {elementwiseParts, equalBounds, FLOAT_NANOSECONDS, TAP_NANOSECONDS} from './work.js';

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

/**
 * Chunks have at least so many pixels, beside which clearing and joining their sums costs little; their sums have at most so many floats in all. There
 * are not more of them than keep many threads busy.
 */
const CHUNK_PIXELS = 1024;
const CHUNK_FLOATS = 2 ** 22;
const MOST_CHUNKS = 32;
const ITEMS_PER_THREAD = 3;

/** Panels that are unpacked together: a cache line of the target or more. */
const UNPACKED_PANELS = 4;

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
 * Runs a tile loop over all images, output pixels and groups, and writes dF. Strides, dilations and padding end here, in tables. Padded taps take
 * part, with x = 0.
 *
 * The pixels are cut into chunks, each of which makes sums of its own; those are joined in order. How they are cut depends on the geometry alone, and so
 * does every sum.
 *
 * @returns whether dF is finite; without a correction this is not looked at, and true
 */
export function runFilterGradientPass(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: FilterGradientTensors,
  tileLoop: (lane: Lane, windows: FilterGradientCall) => void,
): boolean {
  const {batch, groups, inChannels, outChannels} = geometry;
  const rows = geometry.filterHeight * geometry.filterWidth * (inChannels / groups);
  const columns = outChannels / groups;
  const groupPanels = Math.ceil(columns / PANEL_WIDTH);
  const panelBytes = rows * PANEL_ROW_BYTES;
  const groupBytes = groupPanels * panelBytes;
  const outPixels = geometry.outHeight * geometry.outWidth;
  const limit = callPixels(geometry);
  const outPixelBytes = outChannels * FLOAT_BYTES;
  const filterFloats = groups * groupPanels * rows * PANEL_WIDTH;
  const pixels = batch * outPixels;

  const noOffset = call.table(Int32Array.of(0));
  const filterPanels = tensors.filter === undefined ? 0 : call.scratch(groups * groupBytes);
  if (tensors.filter !== undefined) {
    for (let group = 0; group < groups; group++) {
      const matrix = tensors.filter + group * columns * FLOAT_BYTES;
      const target = filterPanels + group * groupBytes;
      call.kernels.packPanels(matrix, target, noOffset, 1, rows, outPixelBytes, columns, FLOAT_BYTES);
    }
  }

  const capacity = Math.max(1, Math.min(batch, Math.ceil(limit / outPixels)));
  const parts = pixels === 0 ? [] : partsOf(batch, outPixels, capacity, limit);
  const chunks = Math.max(
    1,
    Math.min(MOST_CHUNKS, parts.length, Math.floor(pixels / CHUNK_PIXELS), Math.floor(CHUNK_FLOATS / filterFloats)),
  );
  const sums = call.scratch(chunks * groups * groupBytes);
  if (parts.length === 0) {
    call.floats(sums, filterFloats).fill(0);
  } else {
    const pass = forwardPass(geometry);
    const [phase] = pass.phases;
    const chunkStarts = equalBounds(parts.length, chunks);
    const nanoseconds = pixels * filterFloats * TAP_NANOSECONDS;
    const threads = call.threadsFor(nanoseconds);
    // Where chunks are few, their columns are shared, too.
    const slices = Math.min(
      groupPanels,
      threads === 1 ? 1 : Math.ceil((ITEMS_PER_THREAD * threads) / (chunks * groups)),
    );
    const sliceStarts = equalBounds(groupPanels, slices);
    const slicePanels = Math.ceil(groupPanels / slices);

    const blocks = Math.ceil(batch / capacity);
    // In a thread's own memory, images that belong to two items are padded twice.
    const shared = slices > 1 || blocks < 2 * chunks;
    const images = new PaddedBlock(call, pass, capacity, shared ? blocks : 'lane');
    const load = (lane: Lane, block: number, place: number): void => {
      const first = block * capacity;
      images.load(lane, tensors.x + first * imageBytes(pass.source), Math.min(capacity, batch - first), place);
    };
    if (shared && images.copies) {
      const floats = blocks * capacity * (images.imageBytes / FLOAT_BYTES);
      call.parallel(blocks, floats * FLOAT_NANOSECONDS, (block, lane) => load(lane, block, block));
    }
    const pixelOffsets = call.table(windowOffsets(phase, capacity, images.imageBytes));
    const rowOffsets = call.table(elementOffsets(phase));
    const dyPanels = call.laneScratch(slicePanels * limit * PANEL_ROW_BYTES);

    call.parallel(chunks * slices, nanoseconds, (item, lane) => {
      const chunk = Math.floor(item / slices);
      const slice = item % slices;
      const firstPanel = sliceStarts[slice];
      const panelCount = sliceStarts[slice + 1] - firstPanel;
      const firstColumn = firstPanel * PANEL_WIDTH;
      const sliceColumns = Math.min(columns, (firstPanel + panelCount) * PANEL_WIDTH) - firstColumn;
      const chunkSums = sums + chunk * groups * groupBytes + firstPanel * panelBytes;
      for (let group = 0; group < groups; group++) {
        lane.run('clear', chunkSums + group * groupBytes, panelCount * panelBytes);
      }
      let loaded = -1;
      for (const {block, start, length} of parts.slice(chunkStarts[chunk], chunkStarts[chunk + 1])) {
        if (!shared && block !== loaded) load(lane, block, 0);
        loaded = block;
        const source = images.at(tensors.x + block * capacity * imageBytes(pass.source), shared ? block : 0);
        const partDy = tensors.dy + (block * capacity * outPixels + start) * outPixelBytes + firstColumn * FLOAT_BYTES;
        for (let group = 0; group < groups; group++) {
          const groupDy = partDy + group * columns * FLOAT_BYTES;
          lane.run('packPanels', groupDy, dyPanels, noOffset, 1, length, outPixelBytes, sliceColumns, FLOAT_BYTES);
          tileLoop(lane, {
            source: source + group * (inChannels / groups) * FLOAT_BYTES,
            pixels: pixelOffsets + start * PIXEL_BYTES,
            pixelCount: length,
            rowOffsets,
            rows,
            dyPanels,
            columns: sliceColumns,
            target: chunkSums + group * groupBytes,
            filter: filterPanels + group * groupBytes + firstPanel * panelBytes,
          });
        }
      }
    });
    if (chunks > 1) {
      const bounds = equalBounds(filterFloats, elementwiseParts(chunks * filterFloats), PANEL_WIDTH);
      call.parallel(bounds.length - 1, chunks * filterFloats * FLOAT_NANOSECONDS, (part, lane) => {
        const start = sums + bounds[part] * FLOAT_BYTES;
        lane.run('joinPartialSums', start, chunks, groups * groupBytes, bounds[part + 1] - bounds[part]);
      });
    }
  }
  const {correction} = tensors;
  const groupItems = Math.ceil(groupPanels / UNPACKED_PANELS);
  return call.parallel(groups * groupItems, filterFloats * FLOAT_NANOSECONDS, (item, lane) => {
    const group = Math.floor(item / groupItems);
    const firstPanel = (item % groupItems) * UNPACKED_PANELS;
    const firstColumn = firstPanel * PANEL_WIDTH;
    const count = Math.min(UNPACKED_PANELS * PANEL_WIDTH, columns - firstColumn);
    const panels = sums + group * groupBytes + firstPanel * panelBytes;
    const channel = group * columns + firstColumn;
    const target = tensors.dFilter + channel * FLOAT_BYTES;
    if (correction === undefined) {
      lane.run('unpackPanels', panels, target, rows, count, outPixelBytes);
      return;
    }
    const filter = correction.filter + channel * FLOAT_BYTES;
    const dySums = correction.dySums + channel * DOUBLE_BYTES;
    lane.check('unpackPanelsLessFilter', panels, target, rows, count, outPixelBytes, filter, dySums);
  });
}

/** Pixels of a call: `length` of them from `start` of the images of a block, which are `capacity` or what is left of the batch. */
interface Part {
  readonly block: number;
  readonly start: number;
  readonly length: number;
}

function partsOf(batch: number, outPixels: number, capacity: number, limit: number): Part[] {
  const parts: Part[] = [];
  for (let block = 0; block * capacity < batch; block++) {
    const blockPixels = Math.min(capacity, batch - block * capacity) * outPixels;
    const bounds = equalBounds(blockPixels, Math.ceil(blockPixels / limit));
    for (let part = 0; part + 1 < bounds.length; part++) {
      parts.push({block, start: bounds[part], length: bounds[part + 1] - bounds[part]});
    }
  }
  return parts;
}

function callPixels({inChannels, strideHeight, strideWidth}: Conv2DGeometry): number {
  const pixelBytes = inChannels * strideHeight * strideWidth * FLOAT_BYTES;
  return Math.min(MOST_PIXELS, Math.max(LEAST_PIXELS, Math.floor(CALL_BYTES / pixelBytes)));
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
