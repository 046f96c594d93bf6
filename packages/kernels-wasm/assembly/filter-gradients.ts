// SPDX-License-Identifier: Apache-2.0
import {highLanes} from './columns';
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';

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

/** Rows that are copied together: as columns of a matrix lie far apart, what is written stays in a cache until a line is full. */
const COPY_ROWS: i32 = 16;

/** Copies one group's panels [panels, rows, 8] to a matrix whose rows are `rowBytes` apart, without the columns that fill the last panel. */
export function unpackPanels(source: usize, target: usize, rows: i32, columns: i32, rowBytes: i32): void {
  for (let first = 0; first < rows; first += COPY_ROWS) {
    const count = min(COPY_ROWS, rows - first);
    for (let column = 0; column < columns; column += PANEL_WIDTH) {
      let at = source + (<usize>(column / PANEL_WIDTH) * <usize>rows + <usize>first) * PANEL_ROW_BYTES;
      let row = target + <usize>first * <usize>rowBytes + ((<usize>column) << 2);
      for (let r = 0; r < count; r++) {
        storeColumns(row, v128.load(at), v128.load(at, 16), columns - column);
        at += PANEL_ROW_BYTES;
        row += rowBytes;
      }
    }
  }
}

/**
 * The same with F·ΣdY subtracted, which makes ΣdY·(X − F) of ΣdY·X.
 *
 * @param filter the matrix that corresponds to `target`
 * @param dySums float64 [8 · panels]: ΣdY of every column
 * @returns 1 if all of dF is finite, otherwise 0; where it is not, the identity may have made NaN of infinities
 */
export function unpackPanelsLessFilter(
  source: usize,
  target: usize,
  rows: i32,
  columns: i32,
  rowBytes: i32,
  filter: usize,
  dySums: usize,
): i32 {
  let bad = f32x4.splat(0);
  for (let first = 0; first < rows; first += COPY_ROWS) {
    const count = min(COPY_ROWS, rows - first);
    for (let column = 0; column < columns; column += PANEL_WIDTH) {
      const present = columns - column;
      const sums = dySums + ((<usize>column) << 3);
      let at = source + (<usize>(column / PANEL_WIDTH) * <usize>rows + <usize>first) * PANEL_ROW_BYTES;
      let offset = <usize>first * <usize>rowBytes + ((<usize>column) << 2);
      for (let r = 0; r < count; r++) {
        const values0 = lessProducts(v128.load(at), loadColumns(filter + offset, present), sums);
        const values1 = lessProducts(v128.load(at, 16), loadColumns(filter + offset + 16, present - 4), sums + 32);
        bad = v128.or(bad, v128.or(notFinite(values0), notFinite(values1)));
        storeColumns(target + offset, values0, values1, present);
        at += PANEL_ROW_BYTES;
        offset += rowBytes;
      }
    }
  }
  return v128.any_true(bad) ? 0 : 1;
}

/** products − filter·sums, in float64; `sums` is the address of four. */
function lessProducts(products: v128, filter: v128, sums: usize): v128 {
  const low = f64x2.sub(f64x2.promote_low_f32x4(products), f64x2.mul(f64x2.promote_low_f32x4(filter), v128.load(sums)));
  const high = f64x2.sub(
    f64x2.promote_low_f32x4(highLanes(products)),
    f64x2.mul(f64x2.promote_low_f32x4(highLanes(filter)), v128.load(sums, 16)),
  );
  return i8x16.shuffle(
    f32x4.demote_f64x2_zero(low),
    f32x4.demote_f64x2_zero(high),
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
  );
}

/** Four floats, of which `present` (which may be more, or none) are there; the others are 0. */
function loadColumns(source: usize, present: i32): v128 {
  if (present >= 4) return v128.load(source);
  let values = f32x4.splat(0);
  if (present > 0) values = v128.load32_lane(source, values, 0);
  if (present > 1) values = v128.load32_lane(source, values, 1, 4);
  if (present > 2) values = v128.load32_lane(source, values, 2, 8);
  return values;
}

function storeColumns(target: usize, values0: v128, values1: v128, present: i32): void {
  if (present >= PANEL_WIDTH) {
    v128.store(target, values0);
    v128.store(target, values1, 16);
    return;
  }
  storeSome(target, values0, present);
  storeSome(target + 16, values1, present - 4);
}

/** Stores the first `count` (which may be more than there are, or none) lanes. */
function storeSome(target: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(target, values);
    return;
  }
  if (count > 0) v128.store32_lane(target, values, 0);
  if (count > 1) v128.store32_lane(target, values, 1, 4);
  if (count > 2) v128.store32_lane(target, values, 2, 8);
}

/** 1 if `count` floats are all finite, otherwise 0. */
export function allFinite(source: usize, count: i32): i32 {
  const end = source + ((<usize>count) << 2);
  let bad = f32x4.splat(0);
  for (; source + 16 <= end; source += 16) {
    bad = v128.or(bad, notFinite(v128.load(source)));
  }
  for (; source < end; source += 4) {
    const value = load<f32>(source);
    if (value - value !== 0) return 0;
  }
  return v128.any_true(bad) ? 0 : 1;
}

/** All bits set in the lanes that are NaN or infinite. */
function notFinite(values: v128): v128 {
  return f32x4.ne(f32x4.sub(values, values), f32x4.splat(0));
}
