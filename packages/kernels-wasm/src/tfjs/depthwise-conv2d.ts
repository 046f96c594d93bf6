// SPDX-License-Identifier: Apache-2.0
import {DepthwiseConv2dNative} from '@tensorflow/tfjs-core';
import {convolve} from '../grouped-conv2d.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {convolutionGeometry} from './window-attributes.js';

/**
 * TF.js's DepthwiseConv2dNative; its own runs on XNNPACK. Its filter [filterHeight, filterWidth, inChannels, multiplier] has its elements in the order
 * of a filter [filterHeight, filterWidth, 1, inChannels · multiplier] in as many groups as channels.
 */
export const depthwiseConv2d = defineTfjsKernel(DepthwiseConv2dNative, (call, given) => {
  const x = given.input('x');
  const filter = given.input('filter');
  return convolve(call, convolutionGeometry(given, x.shape, filter.shape, 'depthwise'), x, filter);
});
