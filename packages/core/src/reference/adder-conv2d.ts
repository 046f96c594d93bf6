// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry, FilterGradient, InputGradient} from '../kernels/contract.js';
import {checkLength, elementCounts, PADDING, visitTaps} from './visit-taps.js';

/**
 * Y = −Σ|X − F| in float64 (Chen et al., arXiv 1912.13200, eq. 2), NHWC. A tap in the padding has X = 0 and contributes −|F|.
 *
 * @param x [batch, inHeight, inWidth, inChannels], flat
 * @param filter [filterHeight, filterWidth, inChannels / groups, outChannels], flat
 * @returns [batch, outHeight, outWidth, outChannels], flat
 */
export function adderConv2dReference(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  g: Conv2DGeometry,
): Float64Array<ArrayBuffer> {
  const counts = elementCounts(g);
  checkLength('x', x, counts.x);
  checkLength('filter', filter, counts.filter);
  const y = new Float64Array(counts.y);
  visitTaps(g, (xi, fi, yi) => {
    y[yi] -= Math.abs(value(x, xi) - filter[fi]);
  });
  return y;
}

/**
 * Surrogate gradient of x in float64: 'hard-tanh' ΣdY·HT(F − X) with HT(v) = min(1, max(−1, v)) (eq. 6), 'sign' ΣdY·sgn(F − X),
 * 'full-precision' ΣdY·(F − X). Taps in the padding lie outside x and give nothing.
 *
 * @returns [batch, inHeight, inWidth, inChannels], flat
 */
export function adderConv2dBackpropInputReference(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
  g: Conv2DGeometry,
  inputGradient: InputGradient = 'hard-tanh',
): Float64Array<ArrayBuffer> {
  const counts = elementCounts(g);
  checkLength('x', x, counts.x);
  checkLength('filter', filter, counts.filter);
  checkLength('dy', dy, counts.y);
  const slope = INPUT_SLOPE[inputGradient];
  const dx = new Float64Array(counts.x);
  visitTaps(g, (xi, fi, yi) => {
    if (xi !== PADDING) dx[xi] += dy[yi] * slope(filter[fi] - x[xi]);
  });
  return dx;
}

/**
 * Surrogate gradient of the filter in float64: 'full-precision' ΣdY·(X − F) (eq. 5), 'sign' ΣdY·sgn(X − F) (eq. 4) with sgn(0) = 0. A tap in
 * the padding has X = 0 and contributes.
 *
 * @returns [filterHeight, filterWidth, inChannels / groups, outChannels], flat
 */
export function adderConv2dBackpropFilterReference(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
  g: Conv2DGeometry,
  filterGradient: FilterGradient = 'full-precision',
): Float64Array<ArrayBuffer> {
  const counts = elementCounts(g);
  checkLength('x', x, counts.x);
  checkLength('filter', filter, counts.filter);
  checkLength('dy', dy, counts.y);
  const slope = FILTER_SLOPE[filterGradient];
  const dFilter = new Float64Array(counts.filter);
  visitTaps(g, (xi, fi, yi) => {
    dFilter[fi] += dy[yi] * slope(value(x, xi) - filter[fi]);
  });
  return dFilter;
}

const INPUT_SLOPE: Readonly<Record<InputGradient, (difference: number) => number>> = {
  'hard-tanh': (difference) => Math.min(1, Math.max(-1, difference)),
  sign: Math.sign,
  'full-precision': (difference) => difference,
};

const FILTER_SLOPE: Readonly<Record<FilterGradient, (difference: number) => number>> = {
  sign: Math.sign,
  'full-precision': (difference) => difference,
};

/** Element of x under a tap; padding is 0. */
function value(x: ArrayLike<number>, xIndex: number): number {
  return xIndex === PADDING ? 0 : x[xIndex];
}
