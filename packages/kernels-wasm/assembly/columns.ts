// SPDX-License-Identifier: Apache-2.0
/**
 * Column-wise work on matrices [rows, width] whose width is a multiple of 16. A matrix of any other width is seen as one: with 16/gcd(columns, 16)
 * rows side by side it has such a width, and every column several times.
 */

/** Columns that the loops take at once: four vectors of four floats, a cache line. */
export const COLUMN_GROUP_BYTES: usize = 64;

/** Rows that are summed in float32 before they join the float64 totals. */
const BLOCK_ROWS: i32 = 128;

/** Adds four float32 sums to four float64 totals. */
export function addFloatSums(totals: usize, sums: v128): void {
  v128.store(totals, f64x2.add(v128.load(totals), f64x2.promote_low_f32x4(sums)));
  v128.store(totals, f64x2.add(v128.load(totals, 16), f64x2.promote_low_f32x4(highLanes(sums))), 16);
}

/** Lanes 2 and 3, as lanes 0 and 1. */
export function highLanes(values: v128): v128 {
  return i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

/**
 * Sums every column of a matrix [rows, width].
 *
 * @param target float64 [width]
 */
export function sumColumns(source: usize, rows: i32, width: i32, target: usize): void {
  const rowBytes = (<usize>width) << 2;
  memory.fill(target, 0, (<usize>width) << 3);
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const blockBytes = <usize>min(BLOCK_ROWS, rows - first) * rowBytes;
    for (let byte: usize = 0; byte < rowBytes; byte += COLUMN_GROUP_BYTES) {
      const start = source + byte;
      const end = start + blockBytes;
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      for (let at = start; at < end; at += rowBytes) {
        sum0 = f32x4.add(sum0, v128.load(at));
        sum1 = f32x4.add(sum1, v128.load(at, 16));
        sum2 = f32x4.add(sum2, v128.load(at, 32));
        sum3 = f32x4.add(sum3, v128.load(at, 48));
      }
      const totals = target + (byte << 1);
      addFloatSums(totals, sum0);
      addFloatSums(totals + 32, sum1);
      addFloatSums(totals + 64, sum2);
      addFloatSums(totals + 96, sum3);
    }
    source += blockBytes;
  }
}
