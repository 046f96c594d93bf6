// SPDX-License-Identifier: Apache-2.0
import {fusedConv2d, type FusedConv2DArguments} from '@addernet/core';
import type {Tensor4D} from '@tensorflow/tfjs-core';
import {FusedDenseLayer, type FusedDenseLayerConfig} from './fused-dense-layer.js';

/** Dense with what follows it, for inference: see {@link FusedDenseLayer}. */
export class FusedDense extends FusedDenseLayer {
  static readonly className: string = 'AddernetFusedDense';

  constructor(config: FusedDenseLayerConfig) {
    super(config);
  }

  protected override fuse(args: FusedConv2DArguments<Tensor4D>): Tensor4D {
    return fusedConv2d(args);
  }
}
