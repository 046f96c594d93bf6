// SPDX-License-Identifier: Apache-2.0
import {ones, reshape, type Tensor, type Tensor3D, type Tensor4D, type TensorLike, zeros} from '@tensorflow/tfjs-core';
import {ShapeError} from '../errors.js';
import type {Padding, Pair} from '../geometry.js';
import {registerFusedGradients} from '../gradients/fused.js';
import {type Activation, ACTIVATIONS, type Conv2DGeometry} from '../kernels/contract.js';
import {runSingle} from '../kernels/run.js';
import {chosen, float32Tensor} from './arguments.js';
import {windowedOp} from './windowed-op.js';

/** Arguments of `fusedAdderConv2d` and `fusedConv2d`. */
export interface FusedConv2DArguments<T extends Tensor = Tensor> {
  /** float32 [batch, height, width, inChannels] or [height, width, inChannels]; the batch may be 0. */
  readonly x: T | TensorLike;
  /** float32 [filterHeight, filterWidth, inChannels / groups, outChannels]. */
  readonly filter: Tensor | TensorLike;
  /** A number or [height, width]. */
  readonly strides: Pair;
  /** 'same' | 'valid' | number | [[0, 0], [top, bottom], [left, right], [0, 0]]. */
  readonly pad: Padding;
  /** Distance between the taps of the filter; a number or [height, width]. Default 1. */
  readonly dilations?: Pair;
  /** Default 1. Group g reads the g-th part of x's channels and writes the g-th part of y's. */
  readonly groups?: number;
  /** float32 [outChannels]. Default ones. */
  readonly scale?: Tensor | TensorLike;
  /** float32 [outChannels]. Default zeros. */
  readonly offset?: Tensor | TensorLike;
  /** float32, of y's shape; added before the activation. Default none. */
  readonly residual?: Tensor | TensorLike;
  /** Default 'linear'. */
  readonly activation?: Activation;
}

/** What the two fused ops have in common. */
export function fusedOp(
  opName: string,
  kernelName: 'FusedAdderConv2D' | 'FusedGroupedConv2D',
  {x, filter, strides, pad, dilations, groups, ...rest}: FusedConv2DArguments,
): Tensor3D | Tensor4D {
  const activation = chosen(opName, 'activation', rest.activation, ACTIVATIONS, 'linear');
  registerFusedGradients();
  const batched = float32Tensor(opName, 'x', x).rank !== 3;
  return windowedOp({opName, x, filter, strides, pad, dilations, groups}, (images, weights, geometry) => {
    const {outChannels} = geometry;
    const scale = rest.scale === undefined ? ones([outChannels]) : outVector(opName, 'scale', rest.scale, outChannels);
    const offset =
      rest.offset === undefined ? zeros([outChannels]) : outVector(opName, 'offset', rest.offset, outChannels);
    const inputs = {x: images, filter: weights, scale, offset};
    const attributes = {geometry, activation};
    if (rest.residual === undefined) return runSingle(kernelName, inputs, attributes);
    const residual = residualOf(opName, rest.residual, geometry, batched);
    return runSingle(kernelName, {...inputs, residual}, attributes);
  });
}

function outVector(opName: string, name: string, value: Tensor | TensorLike, length: number): Tensor {
  const vector = float32Tensor(opName, name, value);
  if (vector.rank === 1 && vector.size === length) return vector;
  throw new ShapeError(
    `${opName}: ${name} has shape [${vector.shape.join(', ')}]; filter has outChannels ${length}, expected [${length}]`,
  );
}

/** The residual as [batch, outHeight, outWidth, outChannels]. */
function residualOf(
  opName: string,
  value: Tensor | TensorLike,
  {batch, outHeight, outWidth, outChannels}: Conv2DGeometry,
  batched: boolean,
): Tensor {
  const residual = float32Tensor(opName, 'residual', value);
  const image = [outHeight, outWidth, outChannels];
  const expected = batched ? [batch, ...image] : image;
  if (residual.shape.join() !== expected.join()) {
    throw new ShapeError(
      `${opName}: residual has shape [${residual.shape.join(', ')}]; expected y's, [${expected.join(', ')}]`,
    );
  }
  return batched ? residual : reshape(residual, [1, ...image]);
}
