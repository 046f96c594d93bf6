// SPDX-License-Identifier: Apache-2.0
import {Conv2DBackpropFilter} from '@tensorflow/tfjs-core';
import {convolutionFilterGradient} from '../grouped-conv2d-backprop-filter.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {convolutionGeometry, shapeAttribute} from './window-attributes.js';

/** TF.js's Conv2DBackpropFilter, without which nothing that convolves trains; its wasm backend has none. */
export const conv2dBackpropFilter = defineTfjsKernel(Conv2DBackpropFilter, (call, given) => {
  const x = given.input('x');
  const filterShape = shapeAttribute(given, 'filterShape');
  return convolutionFilterGradient(
    call,
    convolutionGeometry(given, x.shape, filterShape, 'full'),
    x,
    given.input('dy'),
    filterShape,
  );
});
