// SPDX-License-Identifier: Apache-2.0

/**
 * Adds row r of `source` [rows, width] to row ids[r] of `target` [segments, width], in the order of the rows; rows whose id is not of [0, segments) are left
 * out.
 *
 * @param ids [rows], i32
 */
export function addRowsToSegments(
  source: usize,
  ids: usize,
  rows: i32,
  width: i32,
  target: usize,
  segments: i32,
): void {
  const rowBytes = (<usize>width) << 2;
  const vectorBytes = (<usize>(width & ~3)) << 2;
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(ids + ((<usize>row) << 2));
    if (id >= 0 && id < segments) {
      const sums = target + <usize>id * rowBytes;
      let at: usize = 0;
      for (; at < vectorBytes; at += 16) v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(source + at)));
      for (; at < rowBytes; at += 4) store<f32>(sums + at, load<f32>(sums + at) + load<f32>(source + at));
    }
    source += rowBytes;
  }
}
