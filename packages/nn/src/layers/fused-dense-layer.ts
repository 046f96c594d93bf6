// SPDX-License-Identifier: Apache-2.0
import {type Activation, ArgumentError, type FusedConv2DArguments} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type {Shape} from '../tfl-types.js';
import {DenseLayer, type DenseLayerConfig} from './dense-layer.js';
import {activationOption, type EpilogueConfig, epilogueVectors} from './fused-conv2d-layer.js';

/** Options of every {@link FusedDenseLayer}. */
export interface FusedDenseLayerConfig extends DenseLayerConfig, EpilogueConfig {}

/**
 * A {@link DenseLayer} for inference with what follows it, activation(scale·operator(x, kernel) + offset), as a 1×1 filter on a 1×1 image. Weights: kernel
 * [features, units], scale [units] and offset [units], not trainable.
 */
export abstract class FusedDenseLayer extends DenseLayer {
  readonly activation: Activation;
  #scale: tfl.LayerVariable | undefined;
  #offset: tfl.LayerVariable | undefined;

  protected constructor(config: FusedDenseLayerConfig) {
    // A dense layer has a bias unless told otherwise.
    const useBias = config.useBias ?? false;
    super({...config, useBias, trainable: false}, ['activation'], {
      kernel: tfl.initializers.zeros(),
      bias: 'zeros',
    });
    if (useBias) {
      throw new ArgumentError(`${this.label}: useBias is true; a fused layer's offset takes the place of a bias`);
    }
    this.activation = activationOption(this.label, config.activation);
  }

  /** The op of core. */
  protected abstract fuse(args: FusedConv2DArguments<tf.Tensor4D>): tf.Tensor4D;

  protected override operate(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D {
    const [batch, features] = x.shape;
    const y = this.fuse({
      x: tf.reshape<tf.Rank.R4>(x, [batch, 1, 1, features]),
      filter: tf.reshape(kernel, [1, 1, features, this.units]),
      strides: 1,
      pad: 'valid',
      activation: this.activation,
      ...epilogueVectors(this.label, this.#scale, this.#offset),
    });
    return tf.reshape<tf.Rank.R2>(y, [batch, this.units]);
  }

  override build(inputShape: Shape | Shape[]): void {
    super.build(inputShape);
    this.#scale = this.createWeight('scale', [this.units], {initializer: tfl.initializers.ones(), trainable: false});
    this.#offset = this.createWeight('offset', [this.units], {initializer: tfl.initializers.zeros(), trainable: false});
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), activation: this.activation};
  }
}
