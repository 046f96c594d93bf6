// SPDX-License-Identifier: Apache-2.0

/**
 * dx = dy where low ≤ x ≤ high, otherwise 0, of `count` floats. Where x is NaN, dx is NaN if `keepsNaN` is not 0.
 */
export function rangeGrad(dy: usize, x: usize, dx: usize, count: i32, low: f32, high: f32, keepsNaN: i32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const kept = i32x4.splat(keepsNaN !== 0 ? -1 : 0);
  const end = x + ((<usize>count) << 2);
  for (; x + 16 <= end; x += 16) {
    const values = v128.load(x);
    const passed = v128.and(v128.and(v128.load(dy), f32x4.ge(values, lows)), f32x4.le(values, highs));
    // All bits set are a NaN.
    v128.store(dx, v128.or(passed, v128.and(kept, f32x4.ne(values, values))));
    dy += 16;
    dx += 16;
  }
  for (; x < end; x += 4) {
    const value = load<f32>(x);
    if (value !== value && keepsNaN !== 0) store<f32>(dx, value);
    else store<f32>(dx, value >= low && value <= high ? load<f32>(dy) : 0);
    dy += 4;
    dx += 4;
  }
}
