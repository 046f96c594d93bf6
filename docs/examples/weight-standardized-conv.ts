// SPDX-License-Identifier: Apache-2.0
import {conv2d} from '@addernet/core';
import {
  Conv2DLayer,
  type Conv2DLayerConfig,
  DenseLayer,
  type DenseLayerConfig,
  KaimingNormal,
  OPERATION_ENERGY,
  OPERATION_ENERGY_SOURCE,
  PyTorchUniform,
} from '@addernet/nn';
import type {Operator} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Weight standardisation (Qiao et al., arXiv 1903.10520, eq. 5): every filter to mean 0 and variance 1 over its inputs. Made of TF.js ops, so
 * the gradient goes through it.
 *
 * @param kernel [...window, inChannels, outChannels]
 */
function standardize<R extends tf.Rank>(kernel: tf.Tensor<R>): tf.Tensor<R> {
  const inputs = kernel.shape.slice(0, -1).map((_, axis) => axis);
  const {mean, variance} = tf.moments(kernel, inputs, true);
  return tf.mul(tf.sub(kernel, mean), tf.rsqrt(tf.add(variance, 1e-5)));
}

/** A convolution by standardised filters. Shapes, padding, bias, saving and loading come from Conv2DLayer. */
export class WeightStandardizedConv2D extends Conv2DLayer {
  static readonly className: string = 'WeightStandardizedConv2D';

  constructor(config: Conv2DLayerConfig) {
    super(config, [], new KaimingNormal());
  }

  protected override operate(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
    const {strides, padding, dilations, groups} = this;
    return conv2d(x, standardize(kernel), strides, padding, {dilations, groups});
  }
}

/** The same for a fully connected layer: x [batch, features], kernel [features, units]. */
export class WeightStandardizedDense extends DenseLayer {
  static readonly className: string = 'WeightStandardizedDense';

  constructor(config: DenseLayerConfig) {
    super(config, [], {kernel: new PyTorchUniform(), bias: 'zeros'});
  }

  protected override operate(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(x, standardize(kernel));
  }
}

/** The operator: layers, what one tap costs, and the name by which experiments ask for it. */
export const weightStandardizedConv: Operator = {
  name: 'ws-conv',
  description: 'convolution with weight standardisation (Qiao et al. 2019)',
  conv2d: (request) => new WeightStandardizedConv2D(request),
  dense: (request) => new WeightStandardizedDense(request),
  layerClassNames: [WeightStandardizedConv2D.className, WeightStandardizedDense.className],
  // Standardised filters can be computed once and kept, so that a tap costs what a convolution's costs.
  operationsPerTap: {multiplications: 1, additions: 1},
  energyPerTap: {
    float32: OPERATION_ENERGY.float32.multiplication + OPERATION_ENERGY.float32.addition,
    int8: OPERATION_ENERGY.int8.multiplication + OPERATION_ENERGY.int8.addition,
    source: OPERATION_ENERGY_SOURCE,
  },
};
