// SPDX-License-Identifier: Apache-2.0
import {serialization} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {DuplicateLibraryError} from './errors.js';
import {KaimingNormal} from './initializers/kaiming-normal.js';
import {Normal} from './initializers/normal.js';
import {PyTorchUniform} from './initializers/pytorch-uniform.js';
import {AdderConv2D} from './layers/adder-conv2d.js';
import {AdderDense} from './layers/adder-dense.js';
import {BatchNormalization} from './layers/batch-normalization.js';
import {Conv2D} from './layers/conv2d.js';
import {Dense} from './layers/dense.js';
import {FusedAdderConv2D} from './layers/fused-adder-conv2d.js';
import {FusedAdderDense} from './layers/fused-adder-dense.js';
import {FusedConv2D} from './layers/fused-conv2d.js';
import {FusedDense} from './layers/fused-dense.js';
import {ZeroPaddedShortcut} from './layers/zero-padded-shortcut.js';
import {SGD} from './optimizers/sgd.js';

const CLASSES: readonly serialization.SerializableConstructor<serialization.Serializable>[] = [
  AdderConv2D,
  Conv2D,
  AdderDense,
  Dense,
  BatchNormalization,
  ZeroPaddedShortcut,
  FusedAdderConv2D,
  FusedConv2D,
  FusedAdderDense,
  FusedDense,
  Normal,
  KaimingNormal,
  PyTorchUniform,
  SGD,
];

/**
 * Makes this package's layers, initializers and optimizer known to TF.js by name, so that `tf.loadLayersModel` finds them. Importing
 * '@addernet/nn/register' does the same. May be called any number of times.
 *
 * @throws DuplicateLibraryError when another copy of tfjs-layers is in use than the one whose Layer these classes extend, or another copy of
 *   this package has registered its own.
 */
export function registerClasses(): void {
  const {classNameMap} = serialization.SerializationMap.getMap();
  // tfjs-layers registers its own classes in core's map, which all copies share; the last copy that was loaded has its classes there.
  if (classNameMap['Zeros']?.[0] !== tfl.initializers.zeros().constructor) {
    throw new DuplicateLibraryError(
      `@addernet/nn: two copies of @tensorflow/tfjs-layers are loaded; its layers are built on one (${tfl.version_layers}), and another ` +
        'has been loaded after it. Layers of two copies cannot be mixed. `npm ls @tensorflow/tfjs-layers` shows the copies: ' +
        'one version range for all dependants leaves one.',
    );
  }
  for (const constructor of CLASSES) {
    const registered = classNameMap[constructor.className]?.[0];
    if (registered === constructor) {
      continue;
    }
    if (registered !== undefined) {
      throw new DuplicateLibraryError(
        `@addernet/nn: another class is registered as '${constructor.className}', most likely by a second copy of this package; ` +
          '`npm ls @addernet/nn` shows the copies.',
      );
    }
    serialization.registerClass(constructor, 'Addernet');
  }
}
