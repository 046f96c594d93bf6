// SPDX-License-Identifier: Apache-2.0
import {addFloatSums, COLUMN_GROUP_BYTES} from './columns';

/** Rows that are summed in float32 before they join the float64 totals. */
const BLOCK_ROWS: i32 = 128;

/**
 * Σdy and Σdy·(x − mean) of every column of x and dy [rows, width].
 *
 * @param width a multiple of 16
 * @param means float32 [width]
 * @param target float64 [2, width]: Σdy, then Σdy·(x − mean)
 */
export function batchNormGradientSums(dy: usize, x: usize, rows: i32, width: i32, means: usize, target: usize): void {
  const rowBytes = (<usize>width) << 2;
  const products = target + ((<usize>width) << 3);
  memory.fill(target, 0, (<usize>width) << 4);
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const blockBytes = <usize>min(BLOCK_ROWS, rows - first) * rowBytes;
    for (let byte: usize = 0; byte < rowBytes; byte += COLUMN_GROUP_BYTES) {
      const mean0 = v128.load(means + byte);
      const mean1 = v128.load(means + byte, 16);
      const mean2 = v128.load(means + byte, 32);
      const mean3 = v128.load(means + byte, 48);
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      let product0 = f32x4.splat(0);
      let product1 = f32x4.splat(0);
      let product2 = f32x4.splat(0);
      let product3 = f32x4.splat(0);
      let dyAt = dy + byte;
      let xAt = x + byte;
      const end = dyAt + blockBytes;
      while (dyAt < end) {
        let slope = v128.load(dyAt);
        sum0 = f32x4.add(sum0, slope);
        product0 = f32x4.add(product0, f32x4.mul(slope, f32x4.sub(v128.load(xAt), mean0)));
        slope = v128.load(dyAt, 16);
        sum1 = f32x4.add(sum1, slope);
        product1 = f32x4.add(product1, f32x4.mul(slope, f32x4.sub(v128.load(xAt, 16), mean1)));
        slope = v128.load(dyAt, 32);
        sum2 = f32x4.add(sum2, slope);
        product2 = f32x4.add(product2, f32x4.mul(slope, f32x4.sub(v128.load(xAt, 32), mean2)));
        slope = v128.load(dyAt, 48);
        sum3 = f32x4.add(sum3, slope);
        product3 = f32x4.add(product3, f32x4.mul(slope, f32x4.sub(v128.load(xAt, 48), mean3)));
        dyAt += rowBytes;
        xAt += rowBytes;
      }
      const sums = target + (byte << 1);
      addFloatSums(sums, sum0);
      addFloatSums(sums + 32, sum1);
      addFloatSums(sums + 64, sum2);
      addFloatSums(sums + 96, sum3);
      const totals = products + (byte << 1);
      addFloatSums(totals, product0);
      addFloatSums(totals + 32, product1);
      addFloatSums(totals + 64, product2);
      addFloatSums(totals + 96, product3);
    }
    dy += blockBytes;
    x += blockBytes;
  }
}

/**
 * dx = dy·factor + (x − mean)·slope + shift, column by column.
 *
 * @param count floats of x; rows are `width` long, the last may be shorter
 * @param width a multiple of 16
 * @param table float32 [4, width]: mean, factor, slope, shift
 */
export function batchNormInputGradient(dy: usize, x: usize, dx: usize, count: i32, width: i32, table: usize): void {
  const rowBytes = (<usize>width) << 2;
  const factors = table + rowBytes;
  const slopes = factors + rowBytes;
  const shifts = slopes + rowBytes;
  const rows = count / width;
  for (let row = 0; row < rows; row++) {
    for (let byte: usize = 0; byte < rowBytes; byte += 32) {
      v128.store(dx + byte, gradient(dy + byte, x + byte, table + byte, factors + byte, slopes + byte, shifts + byte));
      const next = byte + 16;
      v128.store(dx + next, gradient(dy + next, x + next, table + next, factors + next, slopes + next, shifts + next));
    }
    dy += rowBytes;
    x += rowBytes;
    dx += rowBytes;
  }
  const restBytes = (<usize>(count - rows * width)) << 2;
  for (let byte: usize = 0; byte < restBytes; byte += 4) {
    const deviation = load<f32>(x + byte) - load<f32>(table + byte);
    const straight = load<f32>(dy + byte) * load<f32>(factors + byte);
    store<f32>(dx + byte, straight + (deviation * load<f32>(slopes + byte) + load<f32>(shifts + byte)));
  }
}

function gradient(dy: usize, x: usize, mean: usize, factor: usize, slope: usize, shift: usize): v128 {
  const deviation = f32x4.sub(v128.load(x), v128.load(mean));
  const straight = f32x4.mul(v128.load(dy), v128.load(factor));
  return f32x4.add(straight, f32x4.add(f32x4.mul(deviation, v128.load(slope)), v128.load(shift)));
}
