// SPDX-License-Identifier: Apache-2.0

/** Columns of a panel: two vectors of four floats. */
export const PANEL_WIDTH: i32 = 8;
export const PANEL_ROW_BYTES: usize = 32;

/** Panels that are packed together where columns are contiguous. */
const BLOCK_PANELS: i32 = 4;

/**
 * Packs a matrix into panels of eight columns, [panel, tap, row, 8], so that the inner loops read it in one forward sweep. Columns that are
 * missing from the last panel are 0.
 *
 * @param source address of element (tap 0, row 0, column 0)
 * @param target panels × taps × rows × 8 floats
 * @param tapOffsets `taps` byte offsets (i32) from `source` to each tap's element (row 0, column 0)
 * @param rowStride bytes from a row to the next
 * @param columnStride bytes from a column to the next
 */
export function packPanels(
  source: usize,
  target: usize,
  tapOffsets: usize,
  taps: i32,
  rows: i32,
  rowStride: i32,
  columns: i32,
  columnStride: i32,
): void {
  const panelBytes = <usize>(taps * rows) * PANEL_ROW_BYTES;
  let column = 0;
  if (columnStride === 4) {
    for (; column + BLOCK_PANELS * PANEL_WIDTH <= columns; column += BLOCK_PANELS * PANEL_WIDTH) {
      packBlock(source + column * columnStride, target, tapOffsets, taps, rows, rowStride, panelBytes);
      target += BLOCK_PANELS * panelBytes;
    }
  }
  for (; column < columns; column += PANEL_WIDTH) {
    const present = min(PANEL_WIDTH, columns - column);
    const contiguous = present === PANEL_WIDTH && columnStride === 4;
    const panelSource = source + column * columnStride;
    for (let tap = 0; tap < taps; tap++) {
      let at = panelSource + load<i32>(tapOffsets + ((<usize>tap) << 2));
      for (let row = 0; row < rows; row++) {
        if (contiguous) {
          v128.store(target, v128.load(at));
          v128.store(target, v128.load(at, 16), 16);
        } else {
          if (present < PANEL_WIDTH) {
            v128.store(target, f32x4.splat(0));
            v128.store(target, f32x4.splat(0), 16);
          }
          for (let c = 0; c < present; c++) store<f32>(target + ((<usize>c) << 2), load<f32>(at + c * columnStride));
        }
        at += rowStride;
        target += PANEL_ROW_BYTES;
      }
    }
  }
}

/** Packs four panels in one sweep, so that whole cache lines of the matrix are read at a time. */
function packBlock(
  source: usize,
  target: usize,
  tapOffsets: usize,
  taps: i32,
  rows: i32,
  rowStride: i32,
  panelBytes: usize,
): void {
  const target1 = panelBytes;
  const target2 = 2 * panelBytes;
  const target3 = 3 * panelBytes;
  for (let tap = 0; tap < taps; tap++) {
    let at = source + load<i32>(tapOffsets + ((<usize>tap) << 2));
    for (let row = 0; row < rows; row++) {
      v128.store(target, v128.load(at));
      v128.store(target, v128.load(at, 16), 16);
      v128.store(target + target1, v128.load(at, 32));
      v128.store(target + target1, v128.load(at, 48), 16);
      v128.store(target + target2, v128.load(at, 64));
      v128.store(target + target2, v128.load(at, 80), 16);
      v128.store(target + target3, v128.load(at, 96));
      v128.store(target + target3, v128.load(at, 112), 16);
      at += rowStride;
      target += PANEL_ROW_BYTES;
    }
  }
}
