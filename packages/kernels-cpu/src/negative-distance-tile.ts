// SPDX-License-Identifier: Apache-2.0
import type {ForwardTile} from './forward-pass.js';

/** −Σ|X − F| of the taps. */
export const negativeDistanceTile: ForwardTile = (
  x,
  pixel0,
  pixel1,
  offsets,
  taps,
  panel,
  panelStart,
  out,
  out0,
  out1,
) => {
  const {abs} = Math;
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
    sum00 += abs(x0 - f);
    sum10 += abs(x1 - f);
    f = panel[at + 1];
    sum01 += abs(x0 - f);
    sum11 += abs(x1 - f);
    f = panel[at + 2];
    sum02 += abs(x0 - f);
    sum12 += abs(x1 - f);
    f = panel[at + 3];
    sum03 += abs(x0 - f);
    sum13 += abs(x1 - f);
  }
  out[out0] -= sum00;
  out[out0 + 1] -= sum01;
  out[out0 + 2] -= sum02;
  out[out0 + 3] -= sum03;
  out[out1] -= sum10;
  out[out1 + 1] -= sum11;
  out[out1 + 2] -= sum12;
  out[out1 + 3] -= sum13;
};
