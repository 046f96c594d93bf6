// SPDX-License-Identifier: Apache-2.0
import {fusedAdderConv2d} from '@addernet/core';
import {adderConv2dReference, fusedAdderConv2dReference} from '@addernet/core/reference';
import {absolute, negativeAbsolute} from '../input-values.js';
import {fusedConvolutionRecord} from './fused-convolution.js';

/** activation(scale·(−Σ|X − F|) + offset + residual). */
export const fusedAdderConv2dRecord = fusedConvolutionRecord({
  name: 'FusedAdderConv2D',
  functionName: 'fusedAdderConv2d',
  op: fusedAdderConv2d,
  reference: fusedAdderConv2dReference,
  // −Σ| |X| − (−|F|) | is −(Σ|X| + Σ|F|), padded taps included.
  magnitudes: (x, filter, geometry) =>
    adderConv2dReference(absolute(x), negativeAbsolute(filter), geometry).map(Math.abs),
  magnitudeInWords: '(Σ|X| + Σ|F|)',
  // Of |X − F|: 2/√π for normal numbers, 1.37 for uniform ones from −2 to 2 in steps of 1/8.
  termMean: {random: -2 / Math.sqrt(Math.PI), dyadic: -1.37},
  degree: 1,
  paddingOpen: false,
});
