// SPDX-License-Identifier: Apache-2.0
import {PANEL_ROW_BYTES} from './panels';

/**
 * How the filter gradients walk. A filter is a matrix [rows, columns]: a row per tap and input channel of the group, a column per output channel
 * of the group. dY is a matrix [pixels, columns]. All matrices lie in panels of eight columns (panels.ts). Every loop adds to `target` what
 * `pixelCount` output pixels give; tables, made once per call from the geometry, say where x is:
 *
 *   pixels  as in windows.ts; the targets' offsets are not used
 *   rows    per row of the filter an i32 byte offset from a window to the element of x that it meets
 */

/** Adds two vectors to a row of a panel, where there is such a row. */
export function addToRow(target: usize, present: bool, sum0: v128, sum1: v128): void {
  if (!present) return;
  v128.store(target, f32x4.add(v128.load(target), sum0));
  v128.store(target, f32x4.add(v128.load(target, 16), sum1), 16);
}

/** Copies one group's panels [panels, rows, 8] to a matrix whose rows are `rowBytes` apart, without the columns that fill the last panel. */
export function unpackPanels(source: usize, target: usize, rows: i32, columns: i32, rowBytes: i32): void {
  for (let column = 0; column < columns; column += 8) {
    const present = min(8, columns - column);
    let row = target + ((<usize>column) << 2);
    for (let r = 0; r < rows; r++) {
      if (present === 8) {
        v128.store(row, v128.load(source));
        v128.store(row, v128.load(source, 16), 16);
      } else {
        for (let byte: usize = 0; byte < (<usize>present) << 2; byte += 4) {
          store<f32>(row + byte, load<f32>(source + byte));
        }
      }
      row += rowBytes;
      source += PANEL_ROW_BYTES;
    }
  }
}

/** 1 if `count` floats are all finite, otherwise 0. */
export function allFinite(source: usize, count: i32): i32 {
  const end = source + ((<usize>count) << 2);
  let bad = f32x4.splat(0);
  for (; source + 16 <= end; source += 16) {
    const values = v128.load(source);
    bad = v128.or(bad, f32x4.ne(f32x4.sub(values, values), f32x4.splat(0)));
  }
  for (; source < end; source += 4) {
    const value = load<f32>(source);
    if (value - value !== 0) return 0;
  }
  return v128.any_true(bad) ? 0 : 1;
}
