// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {serialization} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/**
 * A layer of the same class, name and options, without weights.
 *
 * @throws ArgumentError for a class that TF.js does not know by name
 */
export function copyLayer(layer: tfl.layers.Layer): tfl.layers.Layer {
  const className = layer.getClassName();
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  if (entry === undefined) {
    throw new ArgumentError(
      `fuseForInference: layer '${layer.name}' is of class ${className}, which TF.js does not know by name, so that it cannot be copied; ` +
        'register it by tf.serialization.registerClass',
    );
  }
  const [constructor, fromConfig] = entry;
  const copy = fromConfig(constructor, layer.getConfig());
  if (copy instanceof tfl.layers.Layer) {
    // Its weights are set afterwards: no need to draw them first.
    copy.setFastWeightInitDuringBuild(true);
    return copy;
  }
  throw new ArgumentError(`fuseForInference: ${className} is registered, but is no layer`);
}
