// SPDX-License-Identifier: Apache-2.0
import {addToRow} from './filter-gradients';
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {PIXEL_BYTES, windowAddress} from './windows';

/** Rows of the filter that the tile computes at once, times eight columns. */
const TILE_ROWS: i32 = 4;

/** dF += ΣdY·X; see filter-gradients.ts. */
export function groupedConv2dBackpropFilter(
  source: usize,
  pixels: usize,
  pixelCount: i32,
  rowOffsets: usize,
  rows: i32,
  dyPanels: usize,
  columns: i32,
  target: usize,
): void {
  const pixelsEnd = pixels + <usize>pixelCount * PIXEL_BYTES;
  const lastRow = rows - 1;
  for (let column = 0; column < columns; column += PANEL_WIDTH) {
    for (let row = 0; row < rows; row += TILE_ROWS) {
      // Behind the last row the tile computes the last one again.
      const offset0 = load<i32>(rowOffsets + ((<usize>row) << 2));
      const offset1 = load<i32>(rowOffsets + ((<usize>min(row + 1, lastRow)) << 2));
      const offset2 = load<i32>(rowOffsets + ((<usize>min(row + 2, lastRow)) << 2));
      const offset3 = load<i32>(rowOffsets + ((<usize>min(row + 3, lastRow)) << 2));
      let a0 = f32x4.splat(0);
      let a1 = f32x4.splat(0);
      let b0 = f32x4.splat(0);
      let b1 = f32x4.splat(0);
      let c0 = f32x4.splat(0);
      let c1 = f32x4.splat(0);
      let d0 = f32x4.splat(0);
      let d1 = f32x4.splat(0);
      let slopes = dyPanels;
      if (offset1 === offset0 + 4 && offset2 === offset0 + 8 && offset3 === offset0 + 12) {
        const origin = source + offset0;
        for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
          const x = windowAddress(origin, pixel);
          const slope0 = v128.load(slopes);
          const slope1 = v128.load(slopes, 16);
          let value = v128.load32_splat(x);
          a0 = f32x4.add(a0, f32x4.mul(value, slope0));
          a1 = f32x4.add(a1, f32x4.mul(value, slope1));
          value = v128.load32_splat(x, 4);
          b0 = f32x4.add(b0, f32x4.mul(value, slope0));
          b1 = f32x4.add(b1, f32x4.mul(value, slope1));
          value = v128.load32_splat(x, 8);
          c0 = f32x4.add(c0, f32x4.mul(value, slope0));
          c1 = f32x4.add(c1, f32x4.mul(value, slope1));
          value = v128.load32_splat(x, 12);
          d0 = f32x4.add(d0, f32x4.mul(value, slope0));
          d1 = f32x4.add(d1, f32x4.mul(value, slope1));
          slopes += PANEL_ROW_BYTES;
        }
      } else {
        for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
          const x = windowAddress(source, pixel);
          const slope0 = v128.load(slopes);
          const slope1 = v128.load(slopes, 16);
          let value = v128.load32_splat(x + offset0);
          a0 = f32x4.add(a0, f32x4.mul(value, slope0));
          a1 = f32x4.add(a1, f32x4.mul(value, slope1));
          value = v128.load32_splat(x + offset1);
          b0 = f32x4.add(b0, f32x4.mul(value, slope0));
          b1 = f32x4.add(b1, f32x4.mul(value, slope1));
          value = v128.load32_splat(x + offset2);
          c0 = f32x4.add(c0, f32x4.mul(value, slope0));
          c1 = f32x4.add(c1, f32x4.mul(value, slope1));
          value = v128.load32_splat(x + offset3);
          d0 = f32x4.add(d0, f32x4.mul(value, slope0));
          d1 = f32x4.add(d1, f32x4.mul(value, slope1));
          slopes += PANEL_ROW_BYTES;
        }
      }
      addToRow(target, true, a0, a1);
      addToRow(target + PANEL_ROW_BYTES, row + 1 < rows, b0, b1);
      addToRow(target + 2 * PANEL_ROW_BYTES, row + 2 < rows, c0, c1);
      addToRow(target + 3 * PANEL_ROW_BYTES, row + 3 < rows, d0, d1);
      target += <usize>min(TILE_ROWS, rows - row) * PANEL_ROW_BYTES;
    }
    dyPanels += <usize>pixelCount * PANEL_ROW_BYTES;
  }
}
