// SPDX-License-Identifier: Apache-2.0
import {scalesOf} from './epilogue';
import {fourPixelsByEight} from './four-pixels-by-eight';
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {twoPixelsBySixteen} from './two-pixels-by-sixteen';
import {PIXEL_BYTES} from './windows';

/** Rows of two panels that stay in a 32 KiB first-level cache beside the windows: longer panels are swept in blocks of so many. */
const BLOCK_ROWS: i32 = 384;

/** Windows of at most so many rows (1×1 filters) are taken so many pixels at a time by all panels, and so come from a first-level cache. */
const SHORT_ROWS: i32 = 64;
const SHORT_PIXELS: i32 = 64;

/**
 * The two operations by which windows and columns are combined. They are types, and told apart by isInteger, because that is resolved at compile
 * time: each instance of a tile below contains one of them only.
 */
export type Products = f32;
export type Maxima = i32;

/**
 * Σ X·F (`Products`), or 2·(wh + ph − Σ max(X, F)) (`Maxima`), for every pixel of a table and every column of packed panels; see windows.ts
 * for the tables.
 *
 * Tiles of 2 pixels × 16 columns, and of 4 × 8 where 8 columns or less are left: eight sums and their operands fit the 16 vector registers of an
 * x86-64 processor. The inner loops take one element of the window at a time: V8 unrolls them itself, and of a loop unrolled by hand it moves all loads
 * to the front, for which there are not enough registers.
 *
 * @param windowHalves [pixelCount] wh, for `Maxima`
 * @param panelHalves [panels, 8] ph, for `Maxima`
 * @param epilogue table of what is to be made of the sums before they are stored (epilogue.ts); 0: nothing
 * @returns 1 if all sums are finite, otherwise 0
 */
export function combineWindows<Op>(
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
  const pixelsEnd = pixels + <usize>pixelCount * PIXEL_BYTES;
  const pieceBytes = <usize>(runCount * runLength <= SHORT_ROWS ? SHORT_PIXELS : pixelCount) * PIXEL_BYTES;
  const panelBytes = <usize>(runCount * runLength) * PANEL_ROW_BYTES;
  const runsEnd = runs + ((<usize>runCount) << 2);
  const runBytes = (<usize>runLength) << 2;
  const blockRunBytes = (<usize>max(1, BLOCK_ROWS / max(1, runLength))) << 2;
  let finite = 1;
  while (pixels < pixelsEnd) {
    const pieceEnd = min(pixels + pieceBytes, pixelsEnd);
    const count = <i32>((pieceEnd - pixels) / PIXEL_BYTES);
    let column = 0;
    for (; column + PANEL_WIDTH < columns; column += 2 * PANEL_WIDTH) {
      const panel = panels + <usize>(column / PANEL_WIDTH) * panelBytes;
      // Sums can wait in the outputs where all of a tile's columns have one.
      const block = columns - column >= 2 * PANEL_WIDTH ? blockRunBytes : (<usize>runCount) << 2;
      let run = runs;
      do {
        const end = min(run + block, runsEnd);
        finite &= twoPixelsBySixteen<Op>(
          source,
          target + ((<usize>column) << 2),
          pixels,
          count,
          run,
          end,
          runBytes,
          panel + <usize>(<i32>((run - runs) >> 2) * runLength) * PANEL_ROW_BYTES,
          panelBytes,
          columns - column,
          windowHalves,
          panelHalves + ((<usize>column) << 2),
          epilogue,
          scalesOf(epilogue) + ((<usize>column) << 2),
          run === runs,
          end === runsEnd,
        );
        run = end;
      } while (run < runsEnd);
    }
    if (column < columns) {
      finite &= fourPixelsByEight<Op>(
        source,
        target + ((<usize>column) << 2),
        pixels,
        count,
        runs,
        runsEnd,
        runBytes,
        panels + <usize>(column / PANEL_WIDTH) * panelBytes,
        columns - column,
        windowHalves,
        panelHalves + ((<usize>column) << 2),
        epilogue,
        scalesOf(epilogue) + ((<usize>column) << 2),
      );
    }
    pixels = pieceEnd;
    windowHalves += (<usize>count) << 2;
  }
  return finite;
}
