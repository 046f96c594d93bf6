// SPDX-License-Identifier: Apache-2.0
import {MaxPoolGrad} from '@tensorflow/tfjs-core';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {poolingGradient} from './pooling-gradient.js';

/**
 * TF.js's MaxPoolGrad: dY goes to the first of the largest elements of its window, as on TF.js's cpu backend. The wasm backend's own starts from the
 * smallest positive number in place of −∞ and so loses the gradient of every window without a positive element.
 */
export const maxPoolGrad = defineTfjsKernel(MaxPoolGrad, (call, given) =>
  poolingGradient(call, given, (lane, {geometry, images, dy, x, dx}) =>
    lane.run('maxPoolGrad', geometry, images, dy, x, dx),
  ),
);
