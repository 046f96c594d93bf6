// SPDX-License-Identifier: Apache-2.0
import {Conv2DBackpropInput} from '@tensorflow/tfjs-core';
import {convolutionInputGradient} from '../grouped-conv2d-backprop-input.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {convolutionGeometry, shapeAttribute} from './window-attributes.js';

/** TF.js's Conv2DBackpropInput, which is also its transposed convolution; its own has no SIMD. */
export const conv2dBackpropInput = defineTfjsKernel(Conv2DBackpropInput, (call, given) => {
  const filter = given.input('filter');
  const geometry = convolutionGeometry(given, shapeAttribute(given, 'inputShape'), filter.shape, 'full');
  return convolutionInputGradient(call, geometry, filter, given.input('dy'));
});
