// SPDX-License-Identifier: Apache-2.0
import {fusedAdderConv2d, type FusedConv2DArguments} from '@addernet/core';
import type {Tensor4D} from '@tensorflow/tfjs-core';
import {FusedDenseLayer, type FusedDenseLayerConfig} from './fused-dense-layer.js';

/** AdderDense with what follows it, for inference: see {@link FusedDenseLayer}. */
export class FusedAdderDense extends FusedDenseLayer {
  static readonly className: string = 'FusedAdderDense';

  constructor(config: FusedDenseLayerConfig) {
    super(config);
  }

  protected override fuse(args: FusedConv2DArguments<Tensor4D>): Tensor4D {
    return fusedAdderConv2d(args);
  }
}
