// SPDX-License-Identifier: Apache-2.0
import {conv2d} from '@addernet/core';
import {Conv2DLayer, type Conv2DLayerConfig, Normal} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The layer: Y(m,n,t) = −Σ (X(m+i, n+j, k) − F(i,j,k,t))². Shapes, padding, bias, saving and loading come from Conv2DLayer; this is the formula alone, and made
 * of ops it has their gradients. For a gradient of your own, see tf.customGrad; for speed, a kernel.
 */
export class PlaceholderNameConv2D extends Conv2DLayer {
  static readonly className: string = 'PlaceholderNameConv2D';

  constructor(config: Conv2DLayerConfig) {
    super(config, [], new Normal());
  }

  /** x [batch, height, width, inChannels], kernel [kernelHeight, kernelWidth, inChannels / groups, filters]. */
  protected override operate(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
    const {strides, padding, dilations, groups} = this;
    const options = {dilations, groups};
    // −Σ(X − F)² = 2·ΣX·F − ΣX² − ΣF²: two convolutions, and nothing of the size of all windows.
    const products = conv2d(x, kernel, strides, padding, options);
    const windows = conv2d(tf.square(x), tf.onesLike(kernel), strides, padding, options);
    const filters = tf.sum(tf.square(kernel), [0, 1, 2]);
    return tf.sub(tf.sub(tf.mul(products, 2), windows), filters);
  }
}
