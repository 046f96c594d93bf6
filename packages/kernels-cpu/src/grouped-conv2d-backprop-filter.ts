// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {PADDING, sumOverFilterTaps} from './direct-sums.js';
import {type FilterGradientTile, filterGradientPass} from './filter-gradient-pass.js';

const kernelName = 'GroupedConv2DBackpropFilter';

/** dF = ΣdY·X. */
export const groupedConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const dy = floatValues(kernelName, backend, inputs.dy);
    const {filterHeight, filterWidth, inChannels, outChannels, groups} = geometry;
    const dFilter = Float32Array.from(filterGradientPass(productTile, x, undefined, dy, geometry));
    // A padded tap contributes nothing, but 0 · ∞ in the tile gives NaN: where the sum is not finite, the formula decides.
    for (let i = 0; i < dFilter.length; i++) {
      if (Number.isFinite(dFilter[i])) continue;
      dFilter[i] = sumOverFilterTaps(geometry, i, (xIndex, d) => (xIndex === PADDING ? 0 : dy[d] * x[xIndex]));
    }
    return floatTensor(backend, [filterHeight, filterWidth, inChannels / groups, outChannels], dFilter);
  },
});

/** ΣdY·X; the adder's full-precision filter gradient is made of it too. */
export const productTile: FilterGradientTile = (
  x,
  offset0,
  offset1,
  origins,
  pixels,
  dy,
  dyStart,
  _filter,
  out,
  out0,
  out1,
) => {
  let sum00 = 0;
  let sum01 = 0;
  let sum02 = 0;
  let sum03 = 0;
  let sum10 = 0;
  let sum11 = 0;
  let sum12 = 0;
  let sum13 = 0;
  for (let pixel = 0, at = dyStart; pixel < pixels; pixel++, at += 4) {
    const origin = origins[pixel];
    const x0 = x[origin + offset0];
    const x1 = x[origin + offset1];
    let d = dy[at];
    sum00 += x0 * d;
    sum10 += x1 * d;
    d = dy[at + 1];
    sum01 += x0 * d;
    sum11 += x1 * d;
    d = dy[at + 2];
    sum02 += x0 * d;
    sum12 += x1 * d;
    d = dy[at + 3];
    sum03 += x0 * d;
    sum13 += x1 * d;
  }
  out[out0] += sum00;
  out[out0 + 1] += sum01;
  out[out0 + 2] += sum02;
  out[out0 + 3] += sum03;
  out[out1] += sum10;
  out[out1 + 1] += sum11;
  out[out1 + 2] += sum12;
  out[out1 + 3] += sum13;
};
