// SPDX-License-Identifier: Apache-2.0
import {fusedConv2d} from '@addernet/core';
import {conv2dReference, fusedConv2dReference} from '@addernet/core/reference';
import {absolute} from '../input-values.js';
import {fusedConvolutionRecord} from './fused-convolution.js';

/** activation(scale·ΣX·F + offset + residual). */
export const fusedGroupedConv2dRecord = fusedConvolutionRecord({
  name: 'FusedGroupedConv2D',
  functionName: 'fusedConv2d',
  op: fusedConv2d,
  reference: fusedConv2dReference,
  magnitudes: (x, filter, geometry) => conv2dReference(absolute(x), absolute(filter), geometry),
  magnitudeInWords: 'Σ|X||F|',
  termMean: {random: 0, dyadic: 0},
  degree: 2,
  paddingOpen: true,
});
