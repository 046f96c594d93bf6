// SPDX-License-Identifier: Apache-2.0
import {DenseLayer, type DenseLayerConfig, Normal} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';

/** The same as a fully connected layer: Y(b,t) = −Σ (X(b,k) − F(k,t))². */
export class PlaceholderNameDense extends DenseLayer {
  static readonly className: string = 'PlaceholderNameDense';

  constructor(config: DenseLayerConfig) {
    super(config, [], {kernel: new Normal(), bias: 'zeros'});
  }

  /** x [batch, features], kernel [features, units]. */
  protected override operate(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D {
    const inputs = tf.sum(tf.square(x), 1, true);
    const filters = tf.sum(tf.square(kernel), 0);
    return tf.sub(tf.sub(tf.mul(tf.matMul(x, kernel), 2), inputs), filters);
  }
}
