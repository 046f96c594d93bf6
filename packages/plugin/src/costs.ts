// SPDX-License-Identifier: Apache-2.0
import type {OperationCounts} from './operator.js';

/** Energy of something in picojoule, by arithmetic type. */
export interface EnergyByType {
  readonly float32: number;
  readonly int8: number;
}

/** What a layer is, as far as its costs go. 'operator': convolution-like or fully connected, with taps. */
export type LayerKind = 'operator' | 'batch-normalization' | 'activation' | 'pooling' | 'addition' | 'other';

/**
 * What one use of a layer costs in the forward pass of one image, at inference. Elements are numbers of values; bytes follow from them by
 * arithmetic type and batch size.
 */
export interface LayerCosts extends OperationCounts {
  readonly layer: string;
  readonly className: string;
  readonly kind: LayerKind;
  /** The operator's name, where kind is 'operator'. */
  readonly operator?: string;
  /** Filter elements applied, over all output positions; 0 unless kind is 'operator'. */
  readonly taps: number;
  /** False where the layer's class is not known: its operations then count as none, its elements are counted all the same. */
  readonly counted: boolean;
  /** Without the batch. */
  readonly outputShape: readonly number[];
  /** Activations read. */
  readonly inputElements: number;
  /** Activations written. */
  readonly outputElements: number;
  /** Weights read, running statistics included. */
  readonly weightElements: number;
  /** Weights of the layer, running statistics included; 0 where an earlier use of a shared layer has them. */
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Arithmetic energy of the operations. */
  readonly energy: EnergyByType;
  /** In the fused form: the layers that this one took in, in order. */
  readonly absorbed?: readonly string[];
}

/** What a model costs in the forward pass of one image, at inference. */
export interface ModelCosts {
  /** From the input on; a shared layer stands once for each use. Layers that compute and move nothing (reshapes) are left out. */
  readonly layers: readonly LayerCosts[];
  /**
   * The same of the model's inference form, in which operators, batch normalisation, additions of branches and activations behind them are one
   * layer; absent where the model has none.
   */
  readonly fusedLayers?: readonly LayerCosts[];
  /** What the arithmetic energies were made of, in picojoule per operation. */
  readonly operationEnergy: {
    readonly float32: {readonly multiplication: number; readonly addition: number};
    readonly int8: {readonly multiplication: number; readonly addition: number};
  };
  /** Where the energies come from, without repetition. */
  readonly energySources: readonly string[];
}
