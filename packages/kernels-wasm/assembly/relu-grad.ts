// SPDX-License-Identifier: Apache-2.0

/** dx = dy where x > 0, NaN where x is NaN, otherwise 0; of `count` floats. */
export function reluGrad(dy: usize, x: usize, dx: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end = x + ((<usize>count) << 2);
  for (; x + 16 <= end; x += 16) {
    const values = v128.load(x);
    const passed = v128.and(v128.load(dy), f32x4.gt(values, zero));
    // All bits set are a NaN.
    v128.store(dx, v128.or(passed, f32x4.ne(values, values)));
    dy += 16;
    dx += 16;
  }
  for (; x < end; x += 4) {
    const value = load<f32>(x);
    store<f32>(dx, value > 0 ? load<f32>(dy) : value === value ? 0 : value);
    dy += 4;
    dx += 4;
  }
}
