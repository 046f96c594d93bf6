// SPDX-License-Identifier: Apache-2.0
import {
  type Activation,
  ACTIVATIONS,
  ArgumentError,
  describeValue,
  type FusedConv2DArguments,
  ShapeError,
} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type {Kwargs, Shape} from '../tfl-types.js';
import {Conv2DLayer, type Conv2DLayerConfig} from './conv2d-layer.js';

/** What a fused layer applies behind its operator. */
export interface EpilogueConfig {
  /** 'linear' (default), 'relu' or 'relu6'. */
  activation?: Activation | null;
}

/** Options of every {@link FusedConv2DLayer}: those of a {@link Conv2DLayer}, of which initial weights, regularizers and constraints mean nothing here. */
export interface FusedConv2DLayerConfig extends Conv2DLayerConfig, EpilogueConfig {
  /** Whether there is a second input, of the output's shape, that is added before the activation. Default false. */
  residual?: boolean | null;
}

/**
 * A {@link Conv2DLayer} for inference with what follows it: activation(scale·operator(x, kernel) + offset + residual). `fuseForInference` makes such
 * layers of trained ones. Weights: kernel, as there, scale [filters] and offset [filters]; none of them is trainable, as there is no gradient.
 * Inputs: x, or [x, residual].
 */
export abstract class FusedConv2DLayer extends Conv2DLayer {
  readonly activation: Activation;
  readonly residual: boolean;
  #scale: tfl.LayerVariable | undefined;
  #offset: tfl.LayerVariable | undefined;

  protected constructor(config: FusedConv2DLayerConfig) {
    super({...config, trainable: false}, ['activation', 'residual'], tfl.initializers.zeros());
    if (this.useBias) {
      throw new ArgumentError(`${this.label}: useBias is true; a fused layer's offset takes the place of a bias`);
    }
    this.activation = activationOption(this.label, config.activation);
    this.residual = config.residual ?? false;
  }

  /** The op of core. */
  protected abstract fuse(args: FusedConv2DArguments<tf.Tensor4D>): tf.Tensor4D;

  protected override operate(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
    const {strides, padding: pad, dilations, groups, activation} = this;
    return this.fuse({x, filter: kernel, strides, pad, dilations, groups, activation, ...this.#vectors()});
  }

  override build(inputShape: Shape | Shape[]): void {
    super.build(this.#firstShape(inputShape));
    const vector = (name: string, initializer: ReturnType<typeof tfl.initializers.zeros>) =>
      this.createWeight(name, [this.filters], {initializer, trainable: false});
    this.#scale = vector('scale', tfl.initializers.ones());
    this.#offset = vector('offset', tfl.initializers.zeros());
    if (this.residual) {
      this.inputSpec = [...this.inputSpec, new tfl.InputSpec({ndim: 4, axes: {3: this.filters}})];
    }
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return super.computeOutputShape(this.#firstShape(inputShape));
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    if (!this.residual) return super.call(inputs, kwargs);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const [first, residual] = Array.isArray(inputs) ? inputs : [inputs];
      if (first === undefined || residual === undefined) {
        throw new ShapeError(`${this.label}: got one input; expected two, x and the residual`);
      }
      const {x, kernel} = this.operands(first);
      const {strides, padding: pad, dilations, groups, activation} = this;
      return this.fuse({x, filter: kernel, strides, pad, dilations, groups, activation, residual, ...this.#vectors()});
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), activation: this.activation, residual: this.residual};
  }

  #vectors(): {readonly scale: tf.Tensor; readonly offset: tf.Tensor} {
    return epilogueVectors(this.label, this.#scale, this.#offset);
  }

  #firstShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [first, ...rest] = inputShape;
    if (!this.residual || !Array.isArray(first)) return inputShape;
    if (rest.length === 1) return first;
    throw new ShapeError(`${this.label}: got ${inputShape.length} inputs; expected two, x and the residual`);
  }
}

/** A fused layer's weights behind the kernel. */
export function epilogueVectors(
  label: string,
  scale: tfl.LayerVariable | undefined,
  offset: tfl.LayerVariable | undefined,
): {readonly scale: tf.Tensor; readonly offset: tf.Tensor} {
  if (scale !== undefined && offset !== undefined) return {scale: scale.read(), offset: offset.read()};
  throw new ArgumentError(`${label}: called before it was built`);
}

/** @throws ArgumentError */
export function activationOption(label: string, value: Activation | null | undefined): Activation {
  const name = value ?? 'linear';
  if (ACTIVATIONS.includes(name)) return name;
  throw new ArgumentError(
    `${label}: activation is ${describeValue(name)}; expected one of ${ACTIVATIONS.map((valid) => `'${valid}'`).join(', ')}`,
  );
}
