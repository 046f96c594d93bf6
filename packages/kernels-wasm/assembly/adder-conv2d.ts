// SPDX-License-Identifier: Apache-2.0
import * as tiles from './window-tiles';

/**
 * Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2) as ΣX + ΣF − 2·Σmax(X, F), by |a − b| = 2·max(a, b) − a − b: two instructions per tap.
 *
 * @param windowHalves [pixelCount]: ½·ΣX of every pixel's window
 * @param panelHalves [panels, 8]: ½·ΣF of every column
 * @param epilogue table of what is to be made of the sums before they are stored (epilogue.ts); 0: nothing
 * @returns 1 if all sums are finite, otherwise 0; where they are not, the identity may have made NaN of infinities
 */
export function adderConv2d(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
  windowHalves: usize,
  panelHalves: usize,
  epilogue: usize,
): i32 {
  return tiles.combineWindows<tiles.Maxima>(
    source,
    target,
    pixels,
    pixelCount,
    runs,
    runCount,
    runLength,
    panels,
    columns,
    windowHalves,
    panelHalves,
    epilogue,
  );
}
