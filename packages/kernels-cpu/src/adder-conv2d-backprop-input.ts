// SPDX-License-Identifier: Apache-2.0
import {defineKernel, type InputGradient} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {type InputGradientTile, inputGradientPass} from './input-gradient-pass.js';
import {allFinite, allWithin} from './number-range.js';
import {finiteSign} from './finite-sign.js';

const kernelName = 'AdderConv2DBackpropInput';

/**
 * dX = ΣdY·s(F − X) with the surrogate slope s: hard tanh (AdderNet, arXiv 1912.13200, eq. 6), sign, or the identity. Padded taps lie outside
 * x and give nothing.
 */
export const adderConv2dBackpropInput = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry, inputGradient}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const dy = floatValues(kernelName, backend, inputs.dy);
    const {batch, inHeight, inWidth, inChannels} = geometry;
    const dx = inputGradientPass(chooseTile(inputGradient, x, filter, dy), WIDTH, x, filter, dy, geometry);
    return floatTensor(backend, [batch, inHeight, inWidth, inChannels], dx);
  },
});

/** Input channels that a tile takes at once: with two pixels, as many sums and constants as there are registers for. */
const WIDTH = 2;

/**
 * Up to this magnitude of x and filter, |d + 1| − |d − 1| in float64 is within 2⁻³² of 2·HT(d). Beyond it the ones get lost.
 */
const HARD_TANH_LIMIT = 2 ** 20;

/** Branch-free tiles where their arithmetic holds. Branches on x against F cannot be predicted: they cost three times as much. */
function chooseTile(mode: InputGradient, x: Float32Array, filter: Float32Array, dy: Float32Array): InputGradientTile {
  switch (mode) {
    case 'hard-tanh': {
      const holds = allWithin(x, HARD_TANH_LIMIT) && allWithin(filter, HARD_TANH_LIMIT) && allFinite(dy);
      return holds ? hardTanhTile : plainTile(hardTanh);
    }
    case 'sign':
      return allFinite(x) && allFinite(filter) ? signTile : plainTile(Math.sign);
    case 'full-precision':
      return differenceTile;
  }
}

function hardTanh(difference: number): number {
  return difference > 1 ? 1 : difference < -1 ? -1 : difference;
}

/** 2·HT(d) = |d + 1| − |d − 1|, where d + 1 = F − (X − 1) and d − 1 = F − (X + 1). */
const hardTanhTile: InputGradientTile = (dy, dy0, dy1, count, panel, panelStart, x, dx, at0, at1) => {
  const {abs} = Math;
  const low00 = x[at0] - 1;
  const low01 = x[at0 + 1] - 1;
  const low10 = x[at1] - 1;
  const low11 = x[at1 + 1] - 1;
  const high00 = x[at0] + 1;
  const high01 = x[at0 + 1] + 1;
  const high10 = x[at1] + 1;
  const high11 = x[at1 + 1] + 1;
  let sum00 = 0;
  let sum01 = 0;
  let sum10 = 0;
  let sum11 = 0;
  for (let t = 0, at = panelStart; t < count; t++, at += 2) {
    const d0 = dy[dy0 + t];
    const d1 = dy[dy1 + t];
    const f0 = panel[at];
    const f1 = panel[at + 1];
    sum00 += d0 * (abs(f0 - low00) - abs(f0 - high00));
    sum01 += d0 * (abs(f1 - low01) - abs(f1 - high01));
    sum10 += d1 * (abs(f0 - low10) - abs(f0 - high10));
    sum11 += d1 * (abs(f1 - low11) - abs(f1 - high11));
  }
  dx[at0] += sum00 / 2;
  dx[at0 + 1] += sum01 / 2;
  dx[at1] += sum10 / 2;
  dx[at1 + 1] += sum11 / 2;
};

const signTile: InputGradientTile = (dy, dy0, dy1, count, panel, panelStart, x, dx, at0, at1) => {
  const x00 = x[at0];
  const x01 = x[at0 + 1];
  const x10 = x[at1];
  const x11 = x[at1 + 1];
  let sum00 = 0;
  let sum01 = 0;
  let sum10 = 0;
  let sum11 = 0;
  for (let t = 0, at = panelStart; t < count; t++, at += 2) {
    const d0 = dy[dy0 + t];
    const d1 = dy[dy1 + t];
    const f0 = panel[at];
    const f1 = panel[at + 1];
    sum00 += d0 * finiteSign(f0 - x00);
    sum01 += d0 * finiteSign(f1 - x01);
    sum10 += d1 * finiteSign(f0 - x10);
    sum11 += d1 * finiteSign(f1 - x11);
  }
  dx[at0] += sum00;
  dx[at0 + 1] += sum01;
  dx[at1] += sum10;
  dx[at1 + 1] += sum11;
};

const differenceTile: InputGradientTile = (dy, dy0, dy1, count, panel, panelStart, x, dx, at0, at1) => {
  const x00 = x[at0];
  const x01 = x[at0 + 1];
  const x10 = x[at1];
  const x11 = x[at1 + 1];
  let sum00 = 0;
  let sum01 = 0;
  let sum10 = 0;
  let sum11 = 0;
  for (let t = 0, at = panelStart; t < count; t++, at += 2) {
    const d0 = dy[dy0 + t];
    const d1 = dy[dy1 + t];
    const f0 = panel[at];
    const f1 = panel[at + 1];
    sum00 += d0 * (f0 - x00);
    sum01 += d0 * (f1 - x01);
    sum10 += d1 * (f0 - x10);
    sum11 += d1 * (f1 - x11);
  }
  dx[at0] += sum00;
  dx[at0 + 1] += sum01;
  dx[at1] += sum10;
  dx[at1 + 1] += sum11;
};

/** The formula as it stands, for values that the branch-free tiles are not made for. */
function plainTile(slope: (difference: number) => number): InputGradientTile {
  return (dy, dy0, dy1, count, panel, panelStart, x, dx, at0, at1) => {
    for (let t = 0, at = panelStart; t < count; t++, at += 2) {
      for (let k = 0; k < 2; k++) {
        dx[at0 + k] += dy[dy0 + t] * slope(panel[at + k] - x[at0 + k]);
        dx[at1 + k] += dy[dy1 + t] * slope(panel[at + k] - x[at1 + k]);
      }
    }
  };
}
