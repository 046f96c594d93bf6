// SPDX-License-Identifier: Apache-2.0
import type {FilterLayer, Operator} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** A layer with its filter tensor. */
export interface FilterTensor {
  readonly description: FilterLayer;
  readonly variable: tf.Variable;
}

/** What operators call their filter tensor; the layers of TF.js do so too. */
const KERNEL = /(^|\/)(kernel|depthwise_kernel)$/;

/**
 * The model's convolution-like and fully connected layers, from the input on.
 *
 * @param operators by whose classes the layers are told apart; the first that has a class counts
 */
export function filterLayers(model: LayersModel, operators: readonly Operator[]): FilterTensor[] {
  return model.layers.flatMap((layer) => {
    const className = layer.getClassName();
    const operator = operators.find(({layerClassNames}) => layerClassNames.includes(className))?.name;
    return layer.weights.flatMap((weight): FilterTensor[] => {
      const variable = weight.read();
      if (!KERNEL.test(weight.originalName) || !(variable instanceof tf.Variable)) return [];
      const description = {
        layer: layer.name,
        ...(operator === undefined ? {} : {operator}),
        shape: variable.shape,
      };
      return [{description, variable}];
    });
  });
}
