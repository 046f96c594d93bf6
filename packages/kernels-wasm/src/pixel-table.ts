// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';

/** A pixel's entry in a table: two int32, as in assembly/windows.ts. */
export const PIXEL_INTS = 2;
export const PIXEL_BYTES = 8;

/**
 * The table of a phase's pixels, of `images` images one after the other.
 *
 * @param pixels per pixel two offsets in elements, in the source's image and in the target's
 * @returns its address
 */
export function pixelTable(
  call: KernelCall,
  pixels: Int32Array,
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
