// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '../kernels/contract.js';
import {checkLength, elementCounts, PADDING, visitTaps} from './visit-taps.js';

/**
 * Y = ΣX·F in float64 (cross-correlation, as everywhere in deep learning), NHWC. Padding contributes nothing.
 *
 * @param x [batch, inHeight, inWidth, inChannels], flat
 * @param filter [filterHeight, filterWidth, inChannels / groups, outChannels], flat
 * @returns [batch, outHeight, outWidth, outChannels], flat
 */
export function conv2dReference(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  g: Conv2DGeometry,
): Float64Array<ArrayBuffer> {
  const counts = elementCounts(g);
  checkLength('x', x, counts.x);
  checkLength('filter', filter, counts.filter);
  const y = new Float64Array(counts.y);
  visitTaps(g, (xi, fi, yi) => {
    if (xi !== PADDING) y[yi] += x[xi] * filter[fi];
  });
  return y;
}

/** dX = ΣdY·F in float64. @returns [batch, inHeight, inWidth, inChannels], flat */
export function conv2dBackpropInputReference(
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
  g: Conv2DGeometry,
): Float64Array<ArrayBuffer> {
  const counts = elementCounts(g);
  checkLength('filter', filter, counts.filter);
  checkLength('dy', dy, counts.y);
  const dx = new Float64Array(counts.x);
  visitTaps(g, (xi, fi, yi) => {
    if (xi !== PADDING) dx[xi] += dy[yi] * filter[fi];
  });
  return dx;
}

/** dF = ΣdY·X in float64. @returns [filterHeight, filterWidth, inChannels / groups, outChannels], flat */
export function conv2dBackpropFilterReference(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  g: Conv2DGeometry,
): Float64Array<ArrayBuffer> {
  const counts = elementCounts(g);
  checkLength('x', x, counts.x);
  checkLength('dy', dy, counts.y);
  const dFilter = new Float64Array(counts.filter);
  visitTaps(g, (xi, fi, yi) => {
    if (xi !== PADDING) dFilter[fi] += dy[yi] * x[xi];
  });
  return dFilter;
}
