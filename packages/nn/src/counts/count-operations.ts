// SPDX-License-Identifier: Apache-2.0
import type {OperationCounts, Operator} from '@addernet/plugin';
import type * as tfl from '@tensorflow/tfjs-layers';
import {adderOperator} from '../operators/adder.js';
import {convOperator} from '../operators/conv.js';
import type {Shape} from '../tfl-types.js';
import {layerUses} from './layer-uses.js';
import {tapsOf} from './taps.js';

/** What one use of a layer costs in the forward pass of one image. */
export interface LayerOperations extends OperationCounts {
  readonly layer: string;
  readonly className: string;
  /** Name of the operator. */
  readonly operator: string;
  /** Filter elements applied, over all output positions. */
  readonly taps: number;
  /** [batch, …, channels]; batch is null. */
  readonly outputShape: Shape;
}

/** What a model costs in the forward pass of one image, in all and by layer. */
export interface ModelOperations extends OperationCounts {
  readonly taps: number;
  /** Arithmetic energy of the counted operations, in picojoule, by arithmetic type. */
  readonly energy: {readonly float32: number; readonly int8: number};
  readonly perLayer: readonly LayerOperations[];
}

/**
 * Operations of one image's forward pass in convolution-like and fully connected layers, stem and head included; bias, batch normalisation,
 * activations, additions of branches and pooling are not counted, as in the AdderNet paper (`countCosts` counts them). A layer has outHeight · outWidth · (elements of
 * its kernel) taps, and its operator says what a tap costs; layers of TF.js count as `conv`.
 *
 * @param operators besides this package's own: an operator's layers are known by their class name, their filters by the weight name 'kernel'.
 * @throws ArgumentError for a layer with a kernel that belongs to no operator, and where sizes other than the batch are unknown.
 */
export function countOperations(model: tfl.LayersModel, operators: readonly Operator[] = []): ModelOperations {
  const known = [...operators, convOperator, adderOperator];
  const perLayer: LayerOperations[] = [];
  const energy = {float32: 0, int8: 0};
  for (const use of layerUses(model)) {
    const counted = tapsOf(use, known);
    if (counted === undefined) continue;
    const {taps, operator} = counted;
    const {name, operationsPerTap, energyPerTap} = operator;
    perLayer.push({
      layer: use.layer.name,
      className: use.layer.getClassName(),
      operator: name,
      taps,
      outputShape: use.outputShape,
      multiplications: taps * operationsPerTap.multiplications,
      additions: taps * operationsPerTap.additions,
    });
    energy.float32 += taps * energyPerTap.float32;
    energy.int8 += taps * energyPerTap.int8;
  }
  const total = (key: 'taps' | 'multiplications' | 'additions'): number =>
    perLayer.reduce((sum, layer) => sum + layer[key], 0);
  return {
    taps: total('taps'),
    multiplications: total('multiplications'),
    additions: total('additions'),
    energy,
    perLayer,
  };
}
