// SPDX-License-Identifier: Apache-2.0
import {COLUMN_GROUP_BYTES, highLanes} from './columns';

/** Rows that are summed in float32 before their mean and squares join the float64 totals. */
const BLOCK_ROWS: i32 = 128;

/**
 * Mean and sum of squared deviations of every column of x [rows, width]. A block of rows is gone over twice while it is in the cache: for its mean,
 * and for the deviations from that; blocks are joined in float64 (Chan, Golub & LeVeque, "Algorithms for computing the sample variance",
 * 1983, eq. 2.1). Nothing cancels, however large the mean.
 *
 * @param width a multiple of 16
 * @param target float64 [2, width]: means, then sums of squares
 */
export function columnMoments(x: usize, rows: i32, width: i32, target: usize): void {
  const rowBytes = (<usize>width) << 2;
  const squares = target + ((<usize>width) << 3);
  memory.fill(target, 0, (<usize>width) << 4);
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, rows - first);
    const blockBytes = <usize>count * rowBytes;
    for (let byte: usize = 0; byte < rowBytes; byte += COLUMN_GROUP_BYTES) {
      const start = x + byte;
      const end = start + blockBytes;
      let mean0 = f32x4.splat(0);
      let mean1 = f32x4.splat(0);
      let mean2 = f32x4.splat(0);
      let mean3 = f32x4.splat(0);
      for (let at = start; at < end; at += rowBytes) {
        mean0 = f32x4.add(mean0, v128.load(at));
        mean1 = f32x4.add(mean1, v128.load(at, 16));
        mean2 = f32x4.add(mean2, v128.load(at, 32));
        mean3 = f32x4.add(mean3, v128.load(at, 48));
      }
      const share = f32x4.splat(1 / <f32>count);
      mean0 = f32x4.mul(mean0, share);
      mean1 = f32x4.mul(mean1, share);
      mean2 = f32x4.mul(mean2, share);
      mean3 = f32x4.mul(mean3, share);
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      let square0 = f32x4.splat(0);
      let square1 = f32x4.splat(0);
      let square2 = f32x4.splat(0);
      let square3 = f32x4.splat(0);
      for (let at = start; at < end; at += rowBytes) {
        let deviation = f32x4.sub(v128.load(at), mean0);
        sum0 = f32x4.add(sum0, deviation);
        square0 = f32x4.add(square0, f32x4.mul(deviation, deviation));
        deviation = f32x4.sub(v128.load(at, 16), mean1);
        sum1 = f32x4.add(sum1, deviation);
        square1 = f32x4.add(square1, f32x4.mul(deviation, deviation));
        deviation = f32x4.sub(v128.load(at, 32), mean2);
        sum2 = f32x4.add(sum2, deviation);
        square2 = f32x4.add(square2, f32x4.mul(deviation, deviation));
        deviation = f32x4.sub(v128.load(at, 48), mean3);
        sum3 = f32x4.add(sum3, deviation);
        square3 = f32x4.add(square3, f32x4.mul(deviation, deviation));
      }
      const means = target + (byte << 1);
      const sums = squares + (byte << 1);
      join(means, sums, mean0, sum0, square0, first, count);
      join(means + 32, sums + 32, mean1, sum1, square1, first, count);
      join(means + 64, sums + 64, mean2, sum2, square2, first, count);
      join(means + 96, sums + 96, mean3, sum3, square3, first, count);
    }
    x += blockBytes;
  }
}

/** Joins a block of `count` rows, of four columns, to the `before` rows that are in the totals. */
function join(means: usize, squares: usize, mean: v128, sum: v128, square: v128, before: i32, count: i32): void {
  joinTwo(means, squares, mean, sum, square, <f64>before, <f64>count);
  joinTwo(means + 16, squares + 16, highLanes(mean), highLanes(sum), highLanes(square), <f64>before, <f64>count);
}

/** The same for the two low lanes. `mean` is rounded; `sum`, of the deviations from it, makes up for that. */
function joinTwo(means: usize, squares: usize, mean: v128, sum: v128, square: v128, before: f64, count: f64): void {
  const deviations = f64x2.promote_low_f32x4(sum);
  const rest = f64x2.mul(deviations, f64x2.splat(1 / count));
  const blockMean = f64x2.add(f64x2.promote_low_f32x4(mean), rest);
  const blockSquares = f64x2.sub(f64x2.promote_low_f32x4(square), f64x2.mul(deviations, rest));
  const total = before + count;
  const oldMean = v128.load(means);
  const distance = f64x2.sub(blockMean, oldMean);
  v128.store(means, f64x2.add(oldMean, f64x2.mul(distance, f64x2.splat(count / total))));
  const between = f64x2.mul(f64x2.mul(distance, distance), f64x2.splat((before * count) / total));
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.add(blockSquares, between)));
}

/**
 * y = (x − mean)·factor + offset, column by column.
 *
 * @param count floats of x; rows are `width` long, the last may be shorter
 * @param width a multiple of 16
 * @param table float32 [3, width]: mean, factor, offset
 */
export function normalizeColumns(x: usize, y: usize, count: i32, width: i32, table: usize): void {
  const rowBytes = (<usize>width) << 2;
  const factors = table + rowBytes;
  const offsets = factors + rowBytes;
  const rows = count / width;
  for (let row = 0; row < rows; row++) {
    for (let byte: usize = 0; byte < rowBytes; byte += 64) {
      v128.store(y + byte, normalized(x + byte, table + byte, factors + byte, offsets + byte));
      v128.store(y + byte + 16, normalized(x + byte + 16, table + byte + 16, factors + byte + 16, offsets + byte + 16));
      v128.store(y + byte + 32, normalized(x + byte + 32, table + byte + 32, factors + byte + 32, offsets + byte + 32));
      v128.store(y + byte + 48, normalized(x + byte + 48, table + byte + 48, factors + byte + 48, offsets + byte + 48));
    }
    x += rowBytes;
    y += rowBytes;
  }
  const restBytes = (<usize>(count - rows * width)) << 2;
  for (let byte: usize = 0; byte < restBytes; byte += 4) {
    const deviation = load<f32>(x + byte) - load<f32>(table + byte);
    store<f32>(y + byte, deviation * load<f32>(factors + byte) + load<f32>(offsets + byte));
  }
}

function normalized(x: usize, mean: usize, factor: usize, offset: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), v128.load(mean)), v128.load(factor)), v128.load(offset));
}
