// SPDX-License-Identifier: Apache-2.0
import type {Conv2DLayerRequest, DenseLayerRequest} from '@addernet/plugin';
import type {Conv2DLayerConfig} from '../layers/conv2d-layer.js';
import type {DenseLayerConfig} from '../layers/dense-layer.js';

/** What an architecture asks for, as the layers of this package take it; what is left out is left to the layer's defaults. */
export function conv2dConfig(request: Conv2DLayerRequest): Conv2DLayerConfig {
  const {name, filters, kernelSize, seed, strides, padding, dilations, groups, useBias} = request;
  return {
    name,
    filters,
    kernelSize,
    seed,
    strides: strides ?? null,
    padding: padding ?? null,
    dilations: dilations ?? null,
    groups: groups ?? null,
    useBias: useBias ?? null,
  };
}

export function denseConfig(request: DenseLayerRequest): DenseLayerConfig {
  const {name, units, seed, useBias} = request;
  return {name, units, seed, useBias: useBias ?? null};
}
