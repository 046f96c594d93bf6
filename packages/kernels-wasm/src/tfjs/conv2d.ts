// SPDX-License-Identifier: Apache-2.0
import {Conv2D} from '@tensorflow/tfjs-core';
import {convolve} from '../grouped-conv2d.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {convolutionGeometry} from './window-attributes.js';

/** TF.js's Conv2D; its own runs on XNNPACK. */
export const conv2d = defineTfjsKernel(Conv2D, (call, given) => {
  const x = given.input('x');
  const filter = given.input('filter');
  return convolve(call, convolutionGeometry(given, x.shape, filter.shape, 'full'), x, filter);
});
