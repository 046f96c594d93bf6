// SPDX-License-Identifier: Apache-2.0
import {AvgPoolGrad} from '@tensorflow/tfjs-core';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {poolingGradient} from './pooling-gradient.js';

/**
 * TF.js's AvgPoolGrad. Average pooling divides by the number of elements that a window has inside the image, and so does this gradient; TF.js's own, on every
 * backend, divides by the size of the window, which is wrong at padded borders.
 */
export const avgPoolGrad = defineTfjsKernel(AvgPoolGrad, (call, given) =>
  poolingGradient(call, given, (lane, {geometry, images, dy, dx}) => lane.run('avgPoolGrad', geometry, images, dy, dx)),
);
