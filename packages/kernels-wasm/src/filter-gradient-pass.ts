// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {KernelCall} from './kernel-call.js';

/** Columns of a panel, as in assembly/panels.ts. */
const PANEL_WIDTH = 8;
const FLOAT_BYTES = 4;
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

/** Addresses of the tensors of a pass; `filter` only where the gradient depends on it. */
export interface FilterGradientTensors {
  readonly x: number;
  readonly dy: number;
  readonly filter?: number;
  readonly dFilter: number;
}

/**
 * Runs a tile loop over all images, output pixels and groups, in an order that depends on the geometry alone, and writes dF. Strides, dilations and
 * padding end here, in tables. Padded taps take part, with x = 0.
 */
export function runFilterGradientPass(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: FilterGradientTensors,
  tileLoop: (windows: FilterGradientCall) => void,
): void {
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
    const images = new ImageBlock(call, geometry, Math.min(batch, Math.ceil(limit / outPixels)));
    const pixels = call.table(windowOffsets(geometry, images));
    const rowOffsets = call.table(elementOffsets(geometry, images));
    const dyPanels = call.scratch(groupPanels * limit * PANEL_ROW_BYTES);
    for (let first = 0; first < batch; first += images.capacity) {
      const count = Math.min(images.capacity, batch - first);
      const source = images.load(tensors.x, first, count);
      const blockDy = tensors.dy + first * outPixels * outPixelBytes;
      for (const {start, length} of equalParts(count * outPixels, limit)) {
        for (let group = 0; group < groups; group++) {
          const partDy = blockDy + start * outPixelBytes + group * columns * FLOAT_BYTES;
          call.kernels.packPanels(partDy, dyPanels, noOffset, 1, length, outPixelBytes, columns, FLOAT_BYTES);
          tileLoop({
            source: source + group * (inChannels / groups) * FLOAT_BYTES,
            pixels: pixels + start * FLOAT_BYTES,
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

  for (let group = 0; group < groups; group++) {
    const target = tensors.dFilter + group * columns * FLOAT_BYTES;
    call.kernels.unpackPanels(sums + group * groupBytes, target, rows, columns, outPixelBytes);
  }
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

/** Some images with zeros around them, or x itself where it has no padding. */
class ImageBlock {
  readonly capacity: number;
  readonly rowBytes: number;
  readonly imageBytes: number;
  readonly pixelBytes: number;
  private readonly call: KernelCall;
  private readonly geometry: Conv2DGeometry;
  private readonly address: number | undefined;

  constructor(call: KernelCall, geometry: Conv2DGeometry, capacity: number) {
    const {inHeight, inWidth, inChannels, padTop, padBottom, padLeft, padRight} = geometry;
    this.call = call;
    this.geometry = geometry;
    this.capacity = capacity;
    this.pixelBytes = inChannels * FLOAT_BYTES;
    this.rowBytes = (padLeft + inWidth + padRight) * this.pixelBytes;
    this.imageBytes = (padTop + inHeight + padBottom) * this.rowBytes;
    if (padTop + padBottom + padLeft + padRight === 0) return;
    this.address = call.scratch(capacity * this.imageBytes);
    call.floats(this.address, (capacity * this.imageBytes) / FLOAT_BYTES).fill(0);
  }

  /** @returns the address of images `first` to `first + count` of x, with their padding. */
  load(x: number, first: number, count: number): number {
    const {inHeight, inWidth, inChannels, padTop, padLeft} = this.geometry;
    const source = x + first * inHeight * inWidth * this.pixelBytes;
    if (this.address === undefined) return source;
    this.call.kernels.padImages(
      source,
      this.address,
      count,
      inHeight,
      inWidth,
      inChannels,
      this.imageBytes / this.rowBytes,
      this.rowBytes / this.pixelBytes,
      padTop,
      padLeft,
    );
    return this.address;
  }
}

/** Bytes from a block's start to the window of every output pixel. */
function windowOffsets(
  {outHeight, outWidth, strideHeight, strideWidth}: Conv2DGeometry,
  {capacity, imageBytes, rowBytes, pixelBytes}: ImageBlock,
): Int32Array {
  const offsets = new Int32Array(capacity * outHeight * outWidth);
  let at = 0;
  for (let image = 0; image < capacity; image++) {
    for (let row = 0; row < outHeight; row++) {
      const start = image * imageBytes + row * strideHeight * rowBytes;
      for (let column = 0; column < outWidth; column++) offsets[at++] = start + column * strideWidth * pixelBytes;
    }
  }
  return offsets;
}

/** Bytes from a window to the element of x that every row of the filter meets. */
function elementOffsets(
  {filterHeight, filterWidth, dilationHeight, dilationWidth, inChannels, groups}: Conv2DGeometry,
  {rowBytes, pixelBytes}: ImageBlock,
): Int32Array {
  const channels = inChannels / groups;
  const offsets = new Int32Array(filterHeight * filterWidth * channels);
  let at = 0;
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++) {
      const tap = i * dilationHeight * rowBytes + j * dilationWidth * pixelBytes;
      for (let channel = 0; channel < channels; channel++) offsets[at++] = tap + channel * FLOAT_BYTES;
    }
  }
  return offsets;
}
