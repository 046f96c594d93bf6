// SPDX-License-Identifier: Apache-2.0
/** One tap of four columns, added to their sums; Op is one of window-tiles.ts. */
export function combine<Op>(sum: v128, x: v128, f: v128): v128 {
  if (!isInteger<Op>()) return f32x4.add(sum, f32x4.mul(x, f));
  // Without SIMD there is no maximum without a branch, and the magnitude is one instruction.
  return WITHOUT_SIMD ? f32x4.sub(sum, f32x4.abs(f32x4.sub(x, f))) : f32x4.sub(sum, f32x4.pmax(x, f));
}

/** Whether sums are of maxima, and so begin with the halves and are doubled in the end. */
export function sumsMaxima<Op>(): bool {
  return isInteger<Op>() && !WITHOUT_SIMD;
}
