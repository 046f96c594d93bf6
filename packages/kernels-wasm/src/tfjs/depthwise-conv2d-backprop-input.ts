// SPDX-License-Identifier: Apache-2.0
import {DepthwiseConv2dNativeBackpropInput} from '@tensorflow/tfjs-core';
import {convolutionInputGradient} from '../grouped-conv2d-backprop-input.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {convolutionGeometry, shapeAttribute} from './window-attributes.js';

/** TF.js's DepthwiseConv2dNativeBackpropInput; its wasm backend has none. */
export const depthwiseConv2dBackpropInput = defineTfjsKernel(DepthwiseConv2dNativeBackpropInput, (call, given) => {
  const filter = given.input('filter');
  const geometry = convolutionGeometry(given, shapeAttribute(given, 'inputShape'), filter.shape, 'depthwise');
  return convolutionInputGradient(call, geometry, filter, given.input('dy'));
});
