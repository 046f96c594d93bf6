// SPDX-License-Identifier: Apache-2.0
/**
 * How the kernels walk over windows. All convolution-like kernels, the input gradients included, combine the window of a pixel with every column
 * of a packed matrix (panels.ts). A window is a list of runs: `runCount` stretches of `runLength` consecutive floats. Both come as tables, made
 * once per call from the geometry, and so no kernel knows strides, dilations, padding or groups:
 *
 *   pixels  per pixel two i32 byte offsets: from the source's base to its window, and from the target's base to its outputs
 *   runs    per run an i32 byte offset from the window to the run
 *
 * The panels' rows follow the runs: row r·runLength + k belongs to float k of run r.
 */

/** Size of a pixel's entry in the table. */
export const PIXEL_BYTES: usize = 8;

/** Address of the window of the pixel whose entry is at `pixel`. */
export function windowAddress(source: usize, pixel: usize): usize {
  return source + load<i32>(pixel);
}

/** Address of the outputs of the pixel whose entry is at `pixel`. */
export function outputAddress(target: usize, pixel: usize): usize {
  return target + load<i32>(pixel, 4);
}

/** Stores eight values, or the first `count` of them where there are fewer columns. */
export function storePair(target: usize, low: v128, high: v128, count: i32): void {
  if (count >= 8) {
    v128.store(target, low);
    v128.store(target, high, 16);
  } else if (count >= 4) {
    v128.store(target, low);
    storeLanes(target + 16, high, count - 4);
  } else {
    storeLanes(target, low, count);
  }
}

/** Stores the first `count` lanes, at most four. */
export function storeLanes(target: usize, values: v128, count: i32): void {
  if (count === 4) {
    v128.store(target, values);
    return;
  }
  if (count > 0) store<f32>(target, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(target, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(target, f32x4.extract_lane(values, 2), 8);
}

/** Loads the first `count` lanes, at most four; the others are 0. Nothing behind them is read: it may lie behind the memory. */
export function loadLanes(source: usize, count: i32): v128 {
  if (count === 4) return v128.load(source);
  let values = f32x4.splat(0);
  if (count > 0) values = f32x4.replace_lane(values, 0, load<f32>(source));
  if (count > 1) values = f32x4.replace_lane(values, 1, load<f32>(source, 4));
  if (count > 2) values = f32x4.replace_lane(values, 2, load<f32>(source, 8));
  return values;
}
