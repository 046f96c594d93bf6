// SPDX-License-Identifier: Apache-2.0
import {type Rank, reshape, type Tensor, type Tensor3D, type Tensor4D, type TensorLike} from '@tensorflow/tfjs-core';
import {ShapeError} from '../errors.js';
import {conv2dGeometry, type Padding, type Pair} from '../geometry.js';
import {registerReshapeGradient} from '../gradients/reshape.js';
import type {Conv2DGeometry} from '../kernels/contract.js';
import {float32Tensor, hasRank} from './arguments.js';

interface WindowedArguments {
  readonly opName: string;
  readonly x: Tensor | TensorLike;
  readonly filter: Tensor | TensorLike;
  readonly strides: Pair;
  readonly pad: Padding;
  readonly dilations: Pair | undefined;
  readonly groups: number | undefined;
}

/** What `adderConv2d` and `conv2d` have in common: arguments checked, geometry resolved, a 3-D x seen as a batch of one. */
export function windowedOp(
  {opName, x, filter, strides, pad, dilations, groups}: WindowedArguments,
  compute: (x: Tensor4D, filter: Tensor4D, geometry: Conv2DGeometry) => Tensor4D,
): Tensor3D | Tensor4D {
  const image = float32Tensor(opName, 'x', x);
  const weights = float32Tensor(opName, 'filter', filter);
  if (!hasRank(weights, 4)) {
    throw new ShapeError(
      `${opName}: filter has shape [${weights.shape.join(', ')}]; ` +
        'expected rank 4, [filterHeight, filterWidth, inChannels / groups, outChannels]',
    );
  }
  const resolve = (xShape: readonly number[]): Conv2DGeometry =>
    conv2dGeometry({opName, xShape, filterShape: weights.shape, strides, pad, dilations, groups});
  if (hasRank(image, 4)) return compute(image, weights, resolve(image.shape));
  if (hasRank(image, 3)) {
    registerReshapeGradient();
    const [height, width, channels] = image.shape;
    const geometry = resolve([1, height, width, channels]);
    const y = compute(reshape(image, [1, height, width, channels]), weights, geometry);
    return reshape<Rank.R3>(y, [geometry.outHeight, geometry.outWidth, geometry.outChannels]);
  }
  throw new ShapeError(
    `${opName}: x has shape [${image.shape.join(', ')}]; ` +
      'expected rank 4, [batch, height, width, inChannels], or rank 3, [height, width, inChannels]',
  );
}
