// SPDX-License-Identifier: Apache-2.0

/** Unit roundoff of float32: the greatest relative error of one rounded operation. */
export const UNIT_ROUNDOFF = 2 ** -24;

/**
 * The constant c of every bound c·u·√n·S.
 *
 * A sum of n terms whose partial sums stay below S makes n rounding errors of at most u·S each. They are independent in sign to good
 * approximation, so they grow like √n (Higham & Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41,
 * 2019); with partial sums that grow linearly their root mean square is below u·S·√(n/3). Four times √n is therefore beyond seven standard
 * deviations of a direct sum, and leaves room for kernels that sum by an identity whose intermediate sums reach 2S.
 */
export const TOLERANCE_FACTOR = 4;

/** Smallest positive float32: two results that close differ by the rounding of an underflow. */
export const SMALLEST_FLOAT32 = 2 ** -149;

/** c·u·√n·S for a sum of `terms` terms whose magnitudes add up to S = `magnitude`. */
export function sumBound(terms: number, magnitude: number): number {
  return TOLERANCE_FACTOR * UNIT_ROUNDOFF * Math.sqrt(Math.max(terms, 1)) * magnitude;
}

/** {@link sumBound} for each element. */
export function sumBounds(terms: number, magnitudes: ArrayLike<number>): Float64Array {
  return Float64Array.from(magnitudes, (magnitude) => sumBound(terms, Math.abs(magnitude)));
}
