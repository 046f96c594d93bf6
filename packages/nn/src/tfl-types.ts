// SPDX-License-Identifier: Apache-2.0
/**
 * Types of TF.js that its packages use in public signatures but do not export by name. Types only: nothing of these files is loaded, so no
 * second copy of tfjs-layers arises.
 */
export type {Constraint} from '@tensorflow/tfjs-layers/dist/constraints.js';
export type {LayerArgs} from '@tensorflow/tfjs-layers/dist/engine/topology.js';
export type {Initializer} from '@tensorflow/tfjs-layers/dist/initializers.js';
export type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
export type {Regularizer} from '@tensorflow/tfjs-layers/dist/regularizers.js';
export type {Kwargs} from '@tensorflow/tfjs-layers/dist/types.js';
