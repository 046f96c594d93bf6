// SPDX-License-Identifier: Apache-2.0
import {matMul, type Tensor2D} from '@tensorflow/tfjs-core';
import {PyTorchUniform} from '../initializers/pytorch-uniform.js';
import {DenseLayer, type DenseLayerConfig} from './dense-layer.js';

/** The ordinary fully connected layer, x·W + b, with this package's seeding rules. Initial weights are PyTorch's for Linear. */
export class Dense extends DenseLayer {
  /** TF.js's own layer has the name 'Dense'. */
  static readonly className: string = 'AddernetDense';

  constructor(config: DenseLayerConfig) {
    super(config, [], {kernel: new PyTorchUniform(), bias: new PyTorchUniform()});
  }

  protected override operate(x: Tensor2D, kernel: Tensor2D): Tensor2D {
    return matMul(x, kernel);
  }
}

/** Makes a {@link Dense}: [batch, features] to [batch, units]. @throws ArgumentError */
export function dense(config: DenseLayerConfig): Dense {
  return new Dense(config);
}
