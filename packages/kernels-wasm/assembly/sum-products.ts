// SPDX-License-Identifier: Apache-2.0
import * as tiles from './window-tiles';

/**
 * Sums of products of windows and columns: the convolution's Y = ΣX·F, its input gradient ΣdY·F, and the part of the adder's that is the same.
 *
 * @param epilogue table of what is to be made of the sums before they are stored (epilogue.ts); 0: nothing
 * @returns 1 if all sums are finite, otherwise 0; where they are not, 0 · ∞ in the padding may have made a NaN
 */
export function sumProducts(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
  epilogue: usize,
): i32 {
  return tiles.combineWindows<tiles.Products>(
    source,
    target,
    pixels,
    pixelCount,
    runs,
    runCount,
    runLength,
    panels,
    columns,
    0,
    0,
    epilogue,
  );
}
