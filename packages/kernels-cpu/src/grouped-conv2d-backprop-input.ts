// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {type InputGradientTile, inputGradientPass} from './input-gradient-pass.js';

const kernelName = 'GroupedConv2DBackpropInput';

/** dX = ΣdY·F. */
export const groupedConv2dBackpropInput = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    const filter = floatValues(kernelName, backend, inputs.filter);
    const dy = floatValues(kernelName, backend, inputs.dy);
    const {batch, inHeight, inWidth, inChannels} = geometry;
    const dx = inputGradientPass(productTile, 4, undefined, filter, dy, geometry);
    return floatTensor(backend, [batch, inHeight, inWidth, inChannels], dx);
  },
});

const productTile: InputGradientTile = (dy, dy0, dy1, count, panel, panelStart, _x, dx, at0, at1) => {
  let sum00 = 0;
  let sum01 = 0;
  let sum02 = 0;
  let sum03 = 0;
  let sum10 = 0;
  let sum11 = 0;
  let sum12 = 0;
  let sum13 = 0;
  for (let t = 0, at = panelStart; t < count; t++, at += 4) {
    const d0 = dy[dy0 + t];
    const d1 = dy[dy1 + t];
    let f = panel[at];
    sum00 += d0 * f;
    sum10 += d1 * f;
    f = panel[at + 1];
    sum01 += d0 * f;
    sum11 += d1 * f;
    f = panel[at + 2];
    sum02 += d0 * f;
    sum12 += d1 * f;
    f = panel[at + 3];
    sum03 += d0 * f;
    sum13 += d1 * f;
  }
  dx[at0] += sum00;
  dx[at0 + 1] += sum01;
  dx[at0 + 2] += sum02;
  dx[at0 + 3] += sum03;
  dx[at1] += sum10;
  dx[at1 + 1] += sum11;
  dx[at1 + 2] += sum12;
  dx[at1 + 3] += sum13;
};
