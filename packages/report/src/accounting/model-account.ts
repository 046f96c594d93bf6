// SPDX-License-Identifier: Apache-2.0
import type {EnergyByType, LayerCosts, ModelCosts, OperationCounts} from '@addernet/plugin';

/**
 * 'plain': a kernel for each layer. 'fused': the inference form, batch normalisations, additions of branches and activations within the
 * convolution-like layers before them; of a model that has none, the plain one.
 */
export type Form = 'plain' | 'fused';

/** Arithmetic type of activations and weights. */
export type Precision = keyof EnergyByType;

/** What a model is run with, as far as its costs depend on it. */
export interface Deployment {
  /** Images per forward pass. */
  readonly batch: number;
  readonly form: Form;
  readonly precision: Precision;
}

const BYTES_PER_ELEMENT = {float32: 4, int8: 1} as const satisfies Record<Precision, number>;

/** Bytes that kernels and memory exchange in one forward pass of a batch. */
export interface Traffic {
  readonly activationBytesRead: number;
  readonly activationBytesWritten: number;
  readonly weightBytes: number;
}

/** One kernel's costs in one forward pass of a batch. */
export interface LayerAccount extends OperationCounts, Traffic {
  readonly layer: string;
  /** In the fused form: the layers that it took in, in order. */
  readonly absorbed: readonly string[];
  readonly kind: LayerCosts['kind'];
  readonly operator?: string;
  /** Filter elements applied, for the batch. */
  readonly taps: number;
  readonly outputShape: readonly number[];
  readonly parameters: number;
  /** False where the operations of the layer are not known. */
  readonly counted: boolean;
  /** Arithmetic energy for the batch, in picojoule. */
  readonly computePicojoule: number;
}

/** A model's costs in one forward pass of a batch. */
export interface ModelAccount extends OperationCounts, Traffic {
  readonly deployment: Deployment;
  readonly layers: readonly LayerAccount[];
  readonly taps: number;
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly computePicojoule: number;
  /** Names of layers whose operations are not known and are missing from the sums. */
  readonly uncounted: readonly string[];
}

/** Multiplications and additions. */
export const operationsOf = ({multiplications, additions}: OperationCounts): number => multiplications + additions;

/** Everything that goes between kernels and memory. */
export const bytesOf = ({activationBytesRead, activationBytesWritten, weightBytes}: Traffic): number =>
  activationBytesRead + activationBytesWritten + weightBytes;

/**
 * Arithmetic intensity in operations per byte (Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009): multiplications and additions
 * over all bytes between kernels and memory.
 */
export const intensityOf = (account: OperationCounts & Traffic): number => operationsOf(account) / bytesOf(account);

function layerAccount(costs: LayerCosts, {batch, precision}: Deployment): LayerAccount {
  const bytes = BYTES_PER_ELEMENT[precision];
  return {
    layer: costs.layer,
    absorbed: costs.absorbed ?? [],
    kind: costs.kind,
    ...(costs.operator === undefined ? {} : {operator: costs.operator}),
    taps: batch * costs.taps,
    outputShape: costs.outputShape,
    parameters: costs.parameters,
    counted: costs.counted,
    multiplications: batch * costs.multiplications,
    additions: batch * costs.additions,
    activationBytesRead: batch * costs.inputElements * bytes,
    activationBytesWritten: batch * costs.outputElements * bytes,
    weightBytes: costs.weightElements * bytes,
    computePicojoule: batch * costs.energy[precision],
  };
}

/**
 * A model's operations, traffic and arithmetic energy in one forward pass of a batch, by kernel and in all.
 *
 * Traffic is counted once per kernel: a kernel reads each input activation once, its weights once for the whole batch, and writes each output
 * once. With B images, I and O input and output elements per image, W weights and b bytes per element: (B·(I + O) + W)·b. Caches larger than a
 * layer's activations can save some of it, repeated reads within a kernel add to it.
 */
export function accountModel(costs: ModelCosts, deployment: Deployment): ModelAccount {
  const form = deployment.form === 'fused' ? (costs.fusedLayers ?? costs.layers) : costs.layers;
  const layers = form.map((layer) => layerAccount(layer, deployment));
  const total = (value: (layer: LayerAccount) => number): number =>
    layers.reduce((sum, layer) => sum + value(layer), 0);
  return {
    deployment,
    layers,
    taps: total(({taps}) => taps),
    parameters: total(({parameters}) => parameters),
    trainableParameters: costs.layers.reduce((sum, {trainableParameters}) => sum + trainableParameters, 0),
    multiplications: total(({multiplications}) => multiplications),
    additions: total(({additions}) => additions),
    activationBytesRead: total(({activationBytesRead}) => activationBytesRead),
    activationBytesWritten: total(({activationBytesWritten}) => activationBytesWritten),
    weightBytes: total(({weightBytes}) => weightBytes),
    computePicojoule: total(({computePicojoule}) => computePicojoule),
    uncounted: layers.filter(({counted}) => !counted).map(({layer}) => layer),
  };
}
