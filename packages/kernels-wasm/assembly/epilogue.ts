// SPDX-License-Identifier: Apache-2.0
import {loadLanes} from './windows';

/**
 * What a fused kernel makes of its sums while they are in registers: min(max(sum·scale + offset + residual, low), high), by column. NaN stays NaN.
 * The table of a group, written by src/epilogue-table.ts:
 *
 *   f32 low, f32 high, i32 byte distance from an output to its residual (0: none), i32 byte distance from a scale to its offset
 *   f32 scales, one per column of the group's panels
 *   f32 offsets, likewise
 */
const HEADER_BYTES: usize = 16;

/** Address of the scale of column 0. */
export function scalesOf(epilogue: usize): usize {
  return epilogue + HEADER_BYTES;
}

/**
 * Outputs of four sums.
 *
 * @param scales address of the scale of the first
 * @param outputs where the first will be stored
 * @param present columns that there are; behind them no residual is read
 */
export function finish(epilogue: usize, scales: usize, sums: v128, outputs: usize, present: i32): v128 {
  let y = f32x4.add(f32x4.mul(sums, v128.load(scales)), v128.load(scales + load<i32>(epilogue, 12)));
  const residual = load<i32>(epilogue, 8);
  if (residual !== 0) {
    const source = outputs + residual;
    y = f32x4.add(y, present >= 4 ? v128.load(source) : loadLanes(source, present));
  }
  // pmax and pmin give their first operand unless the second one is beyond it, so that NaN stays.
  return f32x4.pmin(f32x4.pmax(y, v128.load32_splat(epilogue)), v128.load32_splat(epilogue, 4));
}

/**
 * The same in a pass of its own, in place, where the sums had to be repaired first.
 *
 * @param y sums [pixels, groups, columns]
 * @param epilogue the groups' tables, `tableBytes` each
 */
export function applyEpilogue(
  y: usize,
  pixels: i32,
  groups: i32,
  columns: i32,
  epilogue: usize,
  tableBytes: i32,
): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    let table = epilogue;
    for (let group = 0; group < groups; group++) {
      const low = load<f32>(table);
      const high = load<f32>(table, 4);
      const residual = load<i32>(table, 8);
      const offsetDistance = load<i32>(table, 12);
      let scale = scalesOf(table);
      for (let column = 0; column < columns; column++) {
        let value = load<f32>(y) * load<f32>(scale) + load<f32>(scale + offsetDistance);
        if (residual !== 0) value += load<f32>(y + residual);
        store<f32>(y, value < low ? low : value > high ? high : value);
        y += 4;
        scale += 4;
      }
      table += tableBytes;
    }
  }
}
