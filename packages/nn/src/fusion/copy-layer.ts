// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {serialization} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/**
 * A layer of the same class, name and options, without weights.
 *
 * @throws ArgumentError for a class that does not make layers of its `getConfig`
 */
export function copyLayer(layer: tfl.layers.Layer): tfl.layers.Layer {
  const {constructor} = layer;
  const copy = isSerializable(constructor) ? constructor.fromConfig(constructor, layer.getConfig()) : undefined;
  if (!(copy instanceof tfl.layers.Layer)) {
    throw new ArgumentError(
      `fuseForInference: layer '${layer.name}' of class ${layer.getClassName()} cannot be copied; ` +
        'expected a class whose static fromConfig makes a layer of what getConfig gives',
    );
  }
  // Its weights are set afterwards: no need to draw them first.
  copy.setFastWeightInitDuringBuild(true);
  return copy;
}

function isSerializable(
  constructor: object,
): constructor is serialization.SerializableConstructor<serialization.Serializable> {
  return 'fromConfig' in constructor && typeof constructor.fromConfig === 'function';
}
