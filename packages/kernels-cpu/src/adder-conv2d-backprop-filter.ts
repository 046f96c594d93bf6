// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {PADDING, sumOverFilterTaps} from './direct-sums.js';
import {type FilterGradientTile, filterGradientPass} from './filter-gradient-pass.js';
import {finiteSign} from './finite-sign.js';
import {productTile} from './grouped-conv2d-backprop-filter.js';
import {allFinite} from './number-range.js';

const kernelName = 'AdderConv2DBackpropFilter';

/**
 * dF = ΣdY·(X − F) ('full-precision', AdderNet, arXiv 1912.13200, eq. 5) or ΣdY·sgn(X − F) ('sign', eq. 4). A tap in the padding has X = 0 and
 * contributes.
 */
export const adderConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry, filterGradient}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const dy = floatValues(kernelName, backend, inputs.dy);
    const gradientOf = filterGradient === 'sign' ? signGradient : fullPrecisionGradient;
    return floatTensor(backend, inputs.filter.shape, gradientOf(x, filter, dy, geometry));
  },
});

/** ΣdY·(X − F) = ΣdY·X − F·ΣdY: the convolution's filter gradient and a correction. Nothing is lost to cancellation in float64. */
function fullPrecisionGradient(
  x: Float32Array,
  filter: Float32Array,
  dy: Float32Array,
  geometry: Conv2DGeometry,
): Float32Array {
  const {outChannels} = geometry;
  const products = filterGradientPass(productTile, x, undefined, dy, geometry);
  const dySums = new Float64Array(outChannels);
  for (let i = 0; i < dy.length; i += outChannels) {
    for (let t = 0; t < outChannels; t++) dySums[t] += dy[i + t];
  }
  const dFilter = new Float32Array(filter.length);
  for (let i = 0; i < filter.length; i++) {
    const gradient = products[i] - filter[i] * dySums[i % outChannels];
    // With an infinity in it the identity gives NaN where the formula may not: ∞ − ∞.
    dFilter[i] = Number.isFinite(gradient)
      ? gradient
      : sumOverFilterTaps(geometry, i, (xIndex, d) => dy[d] * ((xIndex === PADDING ? 0 : x[xIndex]) - filter[i]));
  }
  return dFilter;
}

function signGradient(x: Float32Array, filter: Float32Array, dy: Float32Array, geometry: Conv2DGeometry): Float32Array {
  const tile = allFinite(x) && allFinite(filter) ? signTile : plainSignTile;
  return Float32Array.from(filterGradientPass(tile, x, filter, dy, geometry));
}

/** Two output channels at a time: with the filter's elements, four would not fit the registers. */
const signTile: FilterGradientTile = (x, offset0, offset1, origins, pixels, dy, dyStart, filter, out, out0, out1) => {
  for (let t = 0; t < 4; t += 2) {
    const f00 = filter[out0 + t];
    const f01 = filter[out0 + t + 1];
    const f10 = filter[out1 + t];
    const f11 = filter[out1 + t + 1];
    let sum00 = 0;
    let sum01 = 0;
    let sum10 = 0;
    let sum11 = 0;
    for (let pixel = 0, at = dyStart + t; pixel < pixels; pixel++, at += 4) {
      const origin = origins[pixel];
      const x0 = x[origin + offset0];
      const x1 = x[origin + offset1];
      const d0 = dy[at];
      const d1 = dy[at + 1];
      sum00 += d0 * finiteSign(x0 - f00);
      sum01 += d1 * finiteSign(x0 - f01);
      sum10 += d0 * finiteSign(x1 - f10);
      sum11 += d1 * finiteSign(x1 - f11);
    }
    out[out0 + t] += sum00;
    out[out0 + t + 1] += sum01;
    out[out1 + t] += sum10;
    out[out1 + t + 1] += sum11;
  }
};

/** The formula as it stands, for infinities and NaN. */
const plainSignTile: FilterGradientTile = (
  x,
  offset0,
  offset1,
  origins,
  pixels,
  dy,
  dyStart,
  filter,
  out,
  out0,
  out1,
) => {
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let t = 0; t < 4; t++) {
      const d = dy[dyStart + 4 * pixel + t];
      out[out0 + t] += d * Math.sign(x[origins[pixel] + offset0] - filter[out0 + t]);
      out[out1 + t] += d * Math.sign(x[origins[pixel] + offset1] - filter[out1 + t]);
    }
  }
};
