// SPDX-License-Identifier: Apache-2.0
import {conv2d as conv2dOp} from '@addernet/core';
import type {Tensor4D} from '@tensorflow/tfjs-core';
import {KaimingNormal} from '../initializers/kaiming-normal.js';
import {Conv2DLayer, type Conv2DLayerConfig} from './conv2d-layer.js';

/**
 * The convolution that stands beside AdderConv2D in a comparison: Y(m,n,t) = Σ X(m+i, n+j, k) · F(i,j,k,t). Unlike TF.js's layer it has
 * explicit padding, groups, and gradients under dilation, and it takes the same road through the same ops in training and inference.
 *
 * The default kernel initializer is N(0, 2 / fanOut), as in the AdderNet authors' ResNet-50; their ResNet-20 leaves its two convolutions at
 * PyTorch's default, which is `new PyTorchUniform()`.
 */
export class Conv2D extends Conv2DLayer {
  /** TF.js's own layer has the name 'Conv2D'. */
  static readonly className: string = 'AddernetConv2D';

  constructor(config: Conv2DLayerConfig) {
    super(config, [], new KaimingNormal());
  }

  protected override operate(x: Tensor4D, kernel: Tensor4D): Tensor4D {
    const {strides, padding, dilations, groups} = this;
    return conv2dOp(x, kernel, strides, padding, {dilations, groups});
  }
}

/** Makes a {@link Conv2D}: [batch, height, width, channels] to [batch, outHeight, outWidth, filters]. @throws ArgumentError */
export function conv2d(config: Conv2DLayerConfig): Conv2D {
  return new Conv2D(config);
}
