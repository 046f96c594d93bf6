// SPDX-License-Identifier: Apache-2.0
import {DepthwiseConv2dNativeBackpropFilter} from '@tensorflow/tfjs-core';
import {convolutionFilterGradient} from '../grouped-conv2d-backprop-filter.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {convolutionGeometry, shapeAttribute} from './window-attributes.js';

/** TF.js's DepthwiseConv2dNativeBackpropFilter; its wasm backend has none. */
export const depthwiseConv2dBackpropFilter = defineTfjsKernel(DepthwiseConv2dNativeBackpropFilter, (call, given) => {
  const x = given.input('x');
  const filterShape = shapeAttribute(given, 'filterShape');
  return convolutionFilterGradient(
    call,
    convolutionGeometry(given, x.shape, filterShape, 'depthwise'),
    x,
    given.input('dy'),
    filterShape,
  );
});
