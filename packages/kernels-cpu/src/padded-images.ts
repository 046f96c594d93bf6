// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';

/**
 * Float64 elements of a block of images; 256 KiB, so that the block, its outputs and the filter stay in a second-level cache together.
 * One image is a block in any case.
 */
const BLOCK_ELEMENTS = 2 ** 15;

/**
 * The input side of a convolution-like op as the passes read (x) or write (dX) it: a block of images at a time, in float64, with the zero
 * padding in place. Thereby every tap of every output pixel is one addition away from a table entry:
 *
 *     values[origins[pixel] + group · groupChannels + tapOffsets[tap] + k]
 *
 * with no test for the border, whatever strides, padding, dilations and groups are. Float64 because V8 computes in float64: converting once
 * here is cheaper than at every use.
 *
 * Layout: [image, paddedHeight, paddedWidth, groups, groupChannels], where groupChannels may be rounded up from inChannels / groups.
 */
export class PaddedImages {
  /** Most images that a block holds; 0 for an empty batch. */
  readonly capacity: number;
  /** Channels of a group in this layout. */
  readonly groupChannels: number;
  readonly values: Float64Array;
  /**
   * Index in `values` of an output pixel's first tap, for [image in block, outHeight, outWidth]; and one more, behind the last image, which
   * pairs up with the last of an odd number of pixels and may be written to.
   */
  readonly origins: Int32Array;
  /** From an origin to its taps, [filterHeight, filterWidth]. */
  readonly tapOffsets: Int32Array;
  private readonly geometry: Conv2DGeometry;
  private readonly paddedWidth: number;
  private readonly pixelElements: number;
  private readonly imageElements: number;

  /** @param channelMultiple to a multiple of which the channels of a group are rounded up; what lies between is never stored */
  constructor(geometry: Conv2DGeometry, channelMultiple: number) {
    const {batch, groups, inChannels, outHeight, outWidth, strideHeight, strideWidth} = geometry;
    const {filterHeight, filterWidth, dilationHeight, dilationWidth} = geometry;
    const paddedHeight = geometry.padTop + geometry.inHeight + geometry.padBottom;
    this.geometry = geometry;
    this.paddedWidth = geometry.padLeft + geometry.inWidth + geometry.padRight;
    this.groupChannels = Math.ceil(inChannels / groups / channelMultiple) * channelMultiple;
    this.pixelElements = groups * this.groupChannels;
    const rowElements = this.paddedWidth * this.pixelElements;
    this.imageElements = paddedHeight * rowElements;
    this.capacity = Math.min(batch, Math.max(1, Math.floor(BLOCK_ELEMENTS / this.imageElements)));

    this.tapOffsets = new Int32Array(filterHeight * filterWidth);
    for (let i = 0, tap = 0; i < filterHeight; i++) {
      for (let j = 0; j < filterWidth; j++, tap++) {
        this.tapOffsets[tap] = i * dilationHeight * rowElements + j * dilationWidth * this.pixelElements;
      }
    }

    const blockElements = this.capacity * this.imageElements;
    const windowElements = this.tapOffsets[this.tapOffsets.length - 1] + this.pixelElements;
    this.values = new Float64Array(blockElements + windowElements);

    this.origins = new Int32Array(this.capacity * outHeight * outWidth + 1);
    let pixel = 0;
    for (let image = 0; image < this.capacity; image++) {
      for (let row = 0; row < outHeight; row++) {
        for (let column = 0; column < outWidth; column++, pixel++) {
          this.origins[pixel] =
            image * this.imageElements + row * strideHeight * rowElements + column * strideWidth * this.pixelElements;
        }
      }
    }
    this.origins[pixel] = blockElements;
  }

  /** Offsets from an origin to every [filterHeight, filterWidth, inChannels / groups] of group 0. */
  elementOffsets(): Int32Array {
    const channels = this.geometry.inChannels / this.geometry.groups;
    return Int32Array.from({length: this.tapOffsets.length * channels}, (_, index) => {
      return this.tapOffsets[Math.floor(index / channels)] + (index % channels);
    });
  }

  /** Copies images `first` … `first + count − 1` of x [batch, inHeight, inWidth, inChannels] into the block. */
  load(x: Float32Array, first: number, count: number): void {
    const {values} = this;
    this.visitRuns(first, count, (at, source, length) => copy(x, source, length, values, at));
  }

  /** Rounds the block's images to float32, into images `first` … of `target` [batch, inHeight, inWidth, inChannels]. */
  store(target: Float32Array, first: number, count: number): void {
    const {values} = this;
    this.visitRuns(first, count, (at, destination, length) => copy(values, at, length, target, destination));
  }

  /** Calls `visit` for every stretch that is contiguous in both layouts: a row of an image, or a group of a pixel where channels are rounded up. */
  private visitRuns(first: number, count: number, visit: (at: number, outside: number, length: number) => void): void {
    const {inHeight, inWidth, inChannels, groups, padTop, padLeft} = this.geometry;
    const channels = inChannels / groups;
    const wholeRows = channels === this.groupChannels;
    const runs = wholeRows ? 1 : inWidth * groups;
    const length = wholeRows ? inWidth * inChannels : channels;
    let outside = first * inHeight * inWidth * inChannels;
    for (let image = 0; image < count; image++) {
      for (let row = 0; row < inHeight; row++) {
        const start = image * this.imageElements + ((padTop + row) * this.paddedWidth + padLeft) * this.pixelElements;
        for (let run = 0; run < runs; run++) {
          visit(start + run * this.groupChannels, outside, length);
          outside += length;
        }
      }
    }
  }
}

/** From this length on, a view and TypedArray.set take less time than a loop: a quarter of it for long stretches. */
const VIEW_LENGTH = 64;

type Floats = Float32Array | Float64Array;

/** Copies `length` elements, converting between float32 and float64. */
export function copy(source: Floats, sourceStart: number, length: number, target: Floats, targetStart: number): void {
  if (length >= VIEW_LENGTH) {
    target.set(source.subarray(sourceStart, sourceStart + length), targetStart);
    return;
  }
  for (let i = 0; i < length; i++) target[targetStart + i] = source[sourceStart + i];
}
