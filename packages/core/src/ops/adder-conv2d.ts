// SPDX-License-Identifier: Apache-2.0
import {op, type Tensor, type TensorLike} from '@tensorflow/tfjs-core';
import type {Padding, Pair} from '../geometry.js';
import {registerAdderConv2DGradients} from '../gradients/adder-conv2d.js';
import {FILTER_GRADIENTS, type FilterGradient, INPUT_GRADIENTS, type InputGradient} from '../kernels/contract.js';
import {runSingle} from '../kernels/run.js';
import {chosen} from './arguments.js';
import {windowedOp} from './windowed-op.js';

export interface AdderConv2DOptions {
  /** Distance between the taps of the filter; a number or [height, width]. Default 1. */
  readonly dilations?: Pair;
  /** Default 1. Group g reads the g-th part of x's channels and writes the g-th part of y's. */
  readonly groups?: number;
  /** How the filter's gradient is formed. Default 'full-precision'. */
  readonly filterGradient?: FilterGradient;
  /** How x's gradient is formed. Default 'hard-tanh'. */
  readonly inputGradient?: InputGradient;
}

function adderConv2d_<T extends Tensor>(
  x: T | TensorLike,
  filter: Tensor | TensorLike,
  strides: Pair,
  pad: Padding,
  options?: AdderConv2DOptions,
): T;
function adderConv2d_(
  x: Tensor | TensorLike,
  filter: Tensor | TensorLike,
  strides: Pair,
  pad: Padding,
  options: AdderConv2DOptions = {},
): Tensor {
  const opName = 'adderConv2d';
  const {dilations, groups} = options;
  const filterGradient = chosen(opName, 'filterGradient', options.filterGradient, FILTER_GRADIENTS, 'full-precision');
  const inputGradient = chosen(opName, 'inputGradient', options.inputGradient, INPUT_GRADIENTS, 'hard-tanh');
  registerAdderConv2DGradients();
  return windowedOp({opName, x, filter, strides, pad, dilations, groups}, (images, weights, geometry) =>
    // The forward kernel reads the geometry alone; the gradients find the other two here.
    runSingle('AdderConv2D', {x: images, filter: weights}, {geometry, filterGradient, inputGradient}),
  );
}

/**
 * The adder layer's operation (Chen et al., "AdderNet", arXiv 1912.13200, eq. 2): the negated L1 distance between every window of x and every filter,
 *
 *     y[b, m, n, t] = −Σ_{i, j, k} |x[b, m·stride + i·dilation − padTop, n·stride + j·dilation − padLeft, k] − filter[i, j, k, t]|
 *
 * Padding is by zeros and not neutral: a tap in the padding contributes −|filter|.
 *
 * The gradients are surrogates, not derivatives, by choice of the paper:
 * - of the filter, 'full-precision' Σdy·(x − filter) (eq. 5) or 'sign' Σdy·sgn(x − filter) (eq. 4), with sgn(0) = 0;
 * - of x, 'hard-tanh' Σdy·HT(filter − x) with HT clipping to ±1 (eq. 6), 'sign' Σdy·sgn(filter − x) or 'full-precision' Σdy·(filter − x).
 * A gradient of these gradients does not exist; asking for it is a `GradientError`.
 *
 * Numeric domain: kernels may use |a − b| = 2·max(a, b) − a − b, whose rounding error grows with |x| + |filter| and not with their
 * distance: expect an absolute error of about ε·√K·(Σ|x| + Σ|filter|) for K taps and ε = 2⁻²⁴, and keep large common offsets out of
 * x and filter. NaN gives NaN; an infinite x or filter gives −Infinity, both infinite with the same sign NaN.
 *
 * @param x float32 [batch, height, width, inChannels] or [height, width, inChannels]; the batch may be 0
 * @param filter float32 [filterHeight, filterWidth, inChannels / groups, outChannels]
 * @param strides a number or [height, width]
 * @param pad 'same' | 'valid' | number | [[0, 0], [top, bottom], [left, right], [0, 0]]
 * @returns float32 [batch, outHeight, outWidth, outChannels], or without the batch for a 3-D x
 * @throws ShapeError, ArgumentError, DtypeError
 * @function
 */
export const adderConv2d = op({adderConv2d_});
