// SPDX-License-Identifier: Apache-2.0
import {adderConv2d as adderConv2dOp, type FilterGradient, type InputGradient} from '@addernet/core';
import type {serialization, Tensor4D, Variable} from '@tensorflow/tfjs-core';
import {Normal} from '../initializers/normal.js';
import {markAdderFilter} from '../optimizers/adder-filters.js';
import {Conv2DLayer, type Conv2DLayerConfig} from './conv2d-layer.js';
import {filterGradientOption, inputGradientOption} from './gradient-options.js';

/** Options of {@link AdderConv2D}. */
export interface AdderConv2DConfig extends Conv2DLayerConfig {
  /** 'full-precision' (default) or 'sign'. */
  filterGradient?: FilterGradient | null;
  /** 'hard-tanh' (default), 'sign' or 'full-precision'. */
  inputGradient?: InputGradient | null;
}

/**
 * The adder layer (Chen et al., CVPR 2020, arXiv 1912.13200, eq. 2): Y(m,n,t) = −Σ |X(m+i, n+j, k) − F(i,j,k,t)|. Its gradients are surrogates
 * (eq. 5 and 6 by default). Outputs are large and negative: batch normalisation is expected to follow.
 *
 * Padded zeros count as taps: each contributes −|F|. The default kernel initializer is N(0, 1), as in the authors' code. The kernel is
 * marked for the local learning rate of this package's SGD.
 */
export class AdderConv2D extends Conv2DLayer {
  static readonly className: string = 'AdderConv2D';
  readonly filterGradient: FilterGradient;
  readonly inputGradient: InputGradient;

  constructor(config: AdderConv2DConfig) {
    super(config, ['filterGradient', 'inputGradient'], new Normal());
    this.filterGradient = filterGradientOption(this.label, config.filterGradient);
    this.inputGradient = inputGradientOption(this.label, config.inputGradient);
  }

  protected override operate(x: Tensor4D, kernel: Tensor4D): Tensor4D {
    const {strides, padding, dilations, groups, filterGradient, inputGradient} = this;
    return adderConv2dOp(x, kernel, strides, padding, {dilations, groups, filterGradient, inputGradient});
  }

  protected override kernelCreated(kernel: Variable): void {
    markAdderFilter(kernel);
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), filterGradient: this.filterGradient, inputGradient: this.inputGradient};
  }
}

/** Makes an {@link AdderConv2D}: [batch, height, width, channels] to [batch, outHeight, outWidth, filters]. @throws ArgumentError */
export function adderConv2d(config: AdderConv2DConfig): AdderConv2D {
  return new AdderConv2D(config);
}
