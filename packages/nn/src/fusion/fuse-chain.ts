// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {AdderConv2D} from '../layers/adder-conv2d.js';
import {AdderDense} from '../layers/adder-dense.js';
import type {BatchNormalization} from '../layers/batch-normalization.js';
import {Conv2DLayer} from '../layers/conv2d-layer.js';
import {FusedAdderConv2D} from '../layers/fused-adder-conv2d.js';
import {FusedAdderDense} from '../layers/fused-adder-dense.js';
import {FusedConv2D} from '../layers/fused-conv2d.js';
import type {FusedConv2DLayer} from '../layers/fused-conv2d-layer.js';
import {FusedDense} from '../layers/fused-dense.js';
import type {FusedDenseLayer} from '../layers/fused-dense-layer.js';
import type {Chain} from './find-chains.js';

/** Scale and offset of a chain, per output channel. */
interface Vectors {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** The layer that a chain becomes, without weights. */
export function fusedLayer({layer, residual, activation}: Chain): FusedConv2DLayer | FusedDenseLayer {
  const {name} = layer;
  if (layer instanceof Conv2DLayer) {
    const {filters, kernelSize, strides, padding, dilations, groups} = layer;
    const geometry = {filters, kernelSize, strides, padding, dilations, groups};
    const config = {name, ...geometry, activation, residual: residual !== undefined};
    return layer instanceof AdderConv2D ? new FusedAdderConv2D(config) : new FusedConv2D(config);
  }
  const {units} = layer;
  const config = {name, units, activation};
  return layer instanceof AdderDense ? new FusedAdderDense(config) : new FusedDense(config);
}

/** Gives a fused layer, once it is built, the weights of its chain. */
export async function setFusedWeights(fused: tfl.layers.Layer, {layer, batchNormalization}: Chain): Promise<void> {
  const [kernel, bias] = layer.getWeights();
  const {scale, offset} = await vectorsOf(layer, bias, batchNormalization);
  const vectors = [tf.tensor1d(scale), tf.tensor1d(offset)];
  if (kernel !== undefined) fused.setWeights([kernel, ...vectors]);
  tf.dispose(vectors);
}

/**
 * What is behind the operator as scale·(·) + offset, in float64 until the end: with a bias b, batch normalisation is
 * ((· + b) − mean)·γ/√(variance + ε) + β.
 */
async function vectorsOf(
  layer: Chain['layer'],
  bias: tf.Tensor | undefined,
  batchNormalization: BatchNormalization | undefined,
): Promise<Vectors> {
  const channels = layer instanceof Conv2DLayer ? layer.filters : layer.units;
  const biases = bias === undefined ? new Float32Array(channels) : await bias.data();
  if (batchNormalization === undefined) {
    return {scale: new Float32Array(channels).fill(1), offset: Float32Array.from(biases)};
  }
  const weights = await Promise.all(batchNormalization.getWeights().map((weight) => weight.data()));
  const {scale: hasGamma, center: hasBeta, epsilon} = batchNormalization;
  const gamma = hasGamma ? weights.shift() : undefined;
  const beta = hasBeta ? weights.shift() : undefined;
  const [mean, variance] = weights;
  const factor = (channel: number) => (gamma?.[channel] ?? 1) / Math.sqrt(variance[channel] + epsilon);
  return {
    scale: Float32Array.from({length: channels}, (_, channel) => factor(channel)),
    offset: Float32Array.from(
      {length: channels},
      (_, channel) => (beta?.[channel] ?? 0) + (biases[channel] - mean[channel]) * factor(channel),
    ),
  };
}
