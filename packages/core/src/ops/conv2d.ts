// SPDX-License-Identifier: Apache-2.0
import {op, type Tensor, type TensorLike} from '@tensorflow/tfjs-core';
import type {Padding, Pair} from '../geometry.js';
import {registerConv2DGradients} from '../gradients/conv2d.js';
import {runSingle} from '../kernels/run.js';
import {windowedOp} from './windowed-op.js';

export interface Conv2DOptions {
  /** Distance between the taps of the filter; a number or [height, width]. Default 1. */
  readonly dilations?: Pair;
  /** Default 1. Group g reads the g-th part of x's channels and writes the g-th part of y's. */
  readonly groups?: number;
}

function conv2d_<T extends Tensor>(
  x: T | TensorLike,
  filter: Tensor | TensorLike,
  strides: Pair,
  pad: Padding,
  options?: Conv2DOptions,
): T;
function conv2d_(
  x: Tensor | TensorLike,
  filter: Tensor | TensorLike,
  strides: Pair,
  pad: Padding,
  {dilations, groups}: Conv2DOptions = {},
): Tensor {
  registerConv2DGradients();
  return windowedOp({opName: 'conv2d', x, filter, strides, pad, dilations, groups}, (images, weights, geometry) =>
    runSingle('GroupedConv2D', {x: images, filter: weights}, {geometry}),
  );
}

/**
 * 2-D convolution (cross-correlation), the multiplying twin of `adderConv2d`:
 *
 *     y[b, m, n, t] = Σ_{i, j, k} x[b, m·stride + i·dilation − padTop, n·stride + j·dilation − padLeft, k]·filter[i, j, k, t]
 *
 * Beyond `tf.conv2d` it has groups, strides together with dilations, gradients with explicit padding and with dilations, and gradients of
 * those gradients. Where groups and dilations are 1 it runs TF.js's own Conv2D kernels, as far as the backend has them.
 *
 * @param x float32 [batch, height, width, inChannels] or [height, width, inChannels]; the batch may be 0
 * @param filter float32 [filterHeight, filterWidth, inChannels / groups, outChannels]
 * @param strides a number or [height, width]
 * @param pad 'same' | 'valid' | number | [[0, 0], [top, bottom], [left, right], [0, 0]]
 * @returns float32 [batch, outHeight, outWidth, outChannels], or without the batch for a 3-D x
 * @throws ShapeError, ArgumentError, DtypeError
 * @function
 */
export const conv2d = op({conv2d_});
