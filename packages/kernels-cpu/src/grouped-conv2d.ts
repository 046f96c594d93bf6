// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {PADDING, sumOverOutputTaps} from './direct-sums.js';
import {type ForwardTile, forwardPass} from './forward-pass.js';

const kernelName = 'GroupedConv2D';

/** Y = ΣX·F. */
export const groupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const {batch, outHeight, outWidth, outChannels} = geometry;
    const y = forwardPass(productTile, x, filter, geometry);
    // A padded tap contributes nothing, but 0 · ∞ in the tile gives NaN: where the sum is not finite, the formula decides.
    for (let i = 0; i < y.length; i++) {
      if (Number.isFinite(y[i])) continue;
      y[i] = sumOverOutputTaps(geometry, i, (xIndex, f) => (xIndex === PADDING ? 0 : x[xIndex] * filter[f]));
    }
    return floatTensor(backend, [batch, outHeight, outWidth, outChannels], y);
  },
});

const productTile: ForwardTile = (x, pixel0, pixel1, offsets, taps, panel, panelStart, out, out0, out1) => {
  let sum00 = 0;
  let sum01 = 0;
  let sum02 = 0;
  let sum03 = 0;
  let sum10 = 0;
  let sum11 = 0;
  let sum12 = 0;
  let sum13 = 0;
  for (let tap = 0, at = panelStart; tap < taps; tap++, at += 4) {
    const offset = offsets[tap];
    const x0 = x[pixel0 + offset];
    const x1 = x[pixel1 + offset];
    let f = panel[at];
    sum00 += x0 * f;
    sum10 += x1 * f;
    f = panel[at + 1];
    sum01 += x0 * f;
    sum11 += x1 * f;
    f = panel[at + 2];
    sum02 += x0 * f;
    sum12 += x1 * f;
    f = panel[at + 3];
    sum03 += x0 * f;
    sum13 += x1 * f;
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
