// SPDX-License-Identifier: Apache-2.0

/**
 * Far below the least difference of two float32 numbers that is not 0, which is 2⁻¹⁴⁹: added to any such magnitude in float64, it is
 * rounded away.
 */
const NEGLIGIBLE = 2 ** -1000;

/**
 * sgn(difference) of two finite float32 numbers, sgn(0) = 0, exactly, without a branch. (Math.sign branches; in a loop over random signs
 * that costs twice the time of this division.)
 */
export function finiteSign(difference: number): number {
  return difference / (Math.abs(difference) + NEGLIGIBLE);
}
