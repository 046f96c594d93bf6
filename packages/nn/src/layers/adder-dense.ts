// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, type FilterGradient, type InputGradient} from '@addernet/core';
import {type Rank, reshape, type serialization, type Tensor2D, type Variable} from '@tensorflow/tfjs-core';
import {Normal} from '../initializers/normal.js';
import {markAdderFilter} from '../optimizers/adder-filters.js';
import {DenseLayer, type DenseLayerConfig} from './dense-layer.js';
import {filterGradientOption, inputGradientOption} from './gradient-options.js';

/** Options of {@link AdderDense}. */
export interface AdderDenseConfig extends DenseLayerConfig {
  /** 'full-precision' (default) or 'sign'. */
  filterGradient?: FilterGradient | null;
  /** 'hard-tanh' (default), 'sign' or 'full-precision'. */
  inputGradient?: InputGradient | null;
}

/**
 * The adder as a fully connected layer: Y(b,t) = −Σ |X(b,k) − F(k,t)|, that is AdderConv2D with a 1×1 filter on a 1×1 image. The kernel
 * starts as N(0, 1) and is marked for the local learning rate; the bias starts at 0.
 */
export class AdderDense extends DenseLayer {
  static readonly className: string = 'AdderDense';
  readonly filterGradient: FilterGradient;
  readonly inputGradient: InputGradient;

  constructor(config: AdderDenseConfig) {
    super(config, ['filterGradient', 'inputGradient'], {kernel: new Normal(), bias: 'zeros'});
    this.filterGradient = filterGradientOption(this.label, config.filterGradient);
    this.inputGradient = inputGradientOption(this.label, config.inputGradient);
  }

  protected override operate(x: Tensor2D, kernel: Tensor2D): Tensor2D {
    const [batch, features] = x.shape;
    const {filterGradient, inputGradient} = this;
    const image = reshape<Rank.R4>(x, [batch, 1, 1, features]);
    const filter = reshape<Rank.R4>(kernel, [1, 1, features, this.units]);
    const y = adderConv2d(image, filter, 1, 'valid', {filterGradient, inputGradient});
    return reshape<Rank.R2>(y, [batch, this.units]);
  }

  protected override kernelCreated(kernel: Variable): void {
    markAdderFilter(kernel);
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), filterGradient: this.filterGradient, inputGradient: this.inputGradient};
  }
}

/** Makes an {@link AdderDense}: [batch, features] to [batch, units]. @throws ArgumentError */
export function adderDense(config: AdderDenseConfig): AdderDense {
  return new AdderDense(config);
}
