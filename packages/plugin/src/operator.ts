// SPDX-License-Identifier: Apache-2.0
import type {layers} from '@tensorflow/tfjs-layers';

/** A tfjs-layers layer; the union package's `tf.layers.Layer`. */
export type Layer = layers.Layer;

/** [[0,0],[top,bottom],[left,right],[0,0]], as TF.js's explicit padding for NHWC. */
export type ExplicitPadding = readonly [
  readonly [0, 0],
  readonly [number, number],
  readonly [number, number],
  readonly [0, 0],
];

/** TensorFlow's 'same' and 'valid', zeros on all four sides, or zeros per side. */
export type Padding = 'same' | 'valid' | number | ExplicitPadding;

/** What an architecture asks of an operator for one 2-D layer. NHWC. */
export interface Conv2DLayerRequest {
  /** Unique in the model; initial weights derive from hash(seed, name). */
  readonly name: string;
  /** Number of output channels. */
  readonly filters: number;
  readonly kernelSize: number | readonly [number, number];
  readonly strides?: number | readonly [number, number];
  readonly padding?: Padding;
  readonly dilations?: number | readonly [number, number];
  readonly groups?: number;
  readonly useBias?: boolean;
  /** Seed of the model; the layer mixes in its own name. */
  readonly seed: number;
}

/** What an architecture asks of an operator for one fully connected layer. */
export interface DenseLayerRequest {
  readonly name: string;
  readonly units: number;
  readonly useBias?: boolean;
  readonly seed: number;
}

/** Elementary operations; a subtraction or comparison counts as an addition, as in the AdderNet paper. */
export interface OperationCounts {
  readonly multiplications: number;
  readonly additions: number;
}

/** Energy of one tap (one filter element applied at one output position), in picojoule, by arithmetic type. */
export interface EnergyPerTap {
  readonly float32: number;
  readonly int8: number;
  /** Where the figures come from. */
  readonly source: string;
}

/**
 * An operator: what stands in the place of the convolution. It brings its layers, its operation counts and its energy per element, so
 * that architectures, counts and reports know nothing of a particular operator.
 */
export interface Operator {
  /** Name by which experiments ask for it, e.g. 'adder'. */
  readonly name: string;
  readonly description: string;
  conv2d(request: Conv2DLayerRequest): Layer;
  dense(request: DenseLayerRequest): Layer;
  /** Class names (`getClassName()`) of the layers that this operator makes; counts find a model's layers by them. */
  readonly layerClassNames: readonly string[];
  readonly operationsPerTap: OperationCounts;
  readonly energyPerTap: EnergyPerTap;
}
