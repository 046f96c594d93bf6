// SPDX-License-Identifier: Apache-2.0
import {fusedConv2d, type FusedConv2DArguments} from '@addernet/core';
import type {Tensor4D} from '@tensorflow/tfjs-core';
import {FusedConv2DLayer, type FusedConv2DLayerConfig} from './fused-conv2d-layer.js';

/** Conv2D with what follows it, for inference: see {@link FusedConv2DLayer}. */
export class FusedConv2D extends FusedConv2DLayer {
  static readonly className: string = 'AddernetFusedConv2D';

  constructor(config: FusedConv2DLayerConfig) {
    super(config);
  }

  protected override fuse(args: FusedConv2DArguments<Tensor4D>): Tensor4D {
    return fusedConv2d(args);
  }
}
