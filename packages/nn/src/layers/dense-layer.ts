// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue, ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  type ConstraintOption,
  type InitializerOption,
  type RegularizerOption,
  resolveConstraint,
  resolveInitializer,
  resolveRegularizer,
  serializeOption,
} from '../resolve.js';
import type {Constraint, Initializer, Kwargs, Regularizer, Shape} from '../tfl-types.js';
import {AddernetLayer, type AddernetLayerConfig, showShape} from './addernet-layer.js';

const KEYS = [
  'units',
  'useBias',
  'kernelInitializer',
  'kernelRegularizer',
  'kernelConstraint',
  'biasInitializer',
  'biasRegularizer',
  'biasConstraint',
] as const;

/** Options of every {@link DenseLayer}. */
export interface DenseLayerConfig extends AddernetLayerConfig {
  /** Number of outputs. */
  units: number;
  /** Default true. */
  useBias?: boolean | null;
  kernelInitializer?: InitializerOption | null;
  kernelRegularizer?: RegularizerOption | null;
  kernelConstraint?: ConstraintOption | null;
  biasInitializer?: InitializerOption | null;
  biasRegularizer?: RegularizerOption | null;
  biasConstraint?: ConstraintOption | null;
}

/**
 * A layer from [batch, features] to [batch, units], each output of which sees every feature. What is done with them is the subclass's. Weights:
 * kernel [features, units] and, with `useBias`, bias [units].
 */
export abstract class DenseLayer extends AddernetLayer {
  readonly units: number;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasInitializer: Initializer;
  readonly biasRegularizer: Regularizer | undefined;
  readonly biasConstraint: Constraint | undefined;
  #kernel: tfl.LayerVariable | undefined;
  #bias: tfl.LayerVariable | undefined;

  protected constructor(
    config: DenseLayerConfig,
    keys: readonly string[],
    defaults: {readonly kernel: Initializer; readonly bias: InitializerOption},
  ) {
    super(config, [...KEYS, ...keys]);
    const {label} = this;
    if (!Number.isSafeInteger(config.units) || config.units < 1) {
      throw new ArgumentError(`${label}: units is ${describeValue(config.units)}; expected an integer of at least 1`);
    }
    this.units = config.units;
    this.useBias = config.useBias ?? true;
    this.kernelInitializer = resolveInitializer(label, config.kernelInitializer ?? defaults.kernel);
    this.kernelRegularizer = resolveRegularizer(label, config.kernelRegularizer);
    this.kernelConstraint = resolveConstraint(label, config.kernelConstraint);
    this.biasInitializer = resolveInitializer(label, config.biasInitializer ?? defaults.bias);
    this.biasRegularizer = resolveRegularizer(label, config.biasRegularizer);
    this.biasConstraint = resolveConstraint(label, config.biasConstraint);
  }

  /** Applies the operator; bias comes after. x [batch, features], kernel [features, units]. */
  protected abstract operate(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D;

  /** Called once the kernel exists. */
  protected kernelCreated(_kernel: tf.Variable): void {}

  override build(inputShape: Shape | Shape[]): void {
    const features = this.#features(this.#inputShape(inputShape));
    this.#kernel = this.createWeight('kernel', [features, this.units], {
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
      constraint: this.kernelConstraint,
      fanIn: features,
    });
    const kernel = this.#kernel.read();
    if (kernel instanceof tf.Variable) {
      this.kernelCreated(kernel);
    }
    if (this.useBias) {
      this.#bias = this.createWeight('bias', [this.units], {
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
        fanIn: features,
      });
    }
    this.inputSpec = [new tfl.InputSpec({ndim: 2, axes: {1: features}})];
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null] = this.#inputShape(inputShape);
    return [batch, this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const x = this.singleInput(inputs);
      const kernel = this.#kernel?.read();
      if (!isRank2(x) || kernel === undefined || !isRank2(kernel)) {
        throw new ShapeError(`${this.label}: input has shape ${showShape(x.shape)}; expected rank 2`);
      }
      const y = this.operate(x, kernel);
      return this.#bias === undefined ? y : tf.add(y, this.#bias.read());
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      useBias: this.useBias,
      kernelInitializer: serializeOption(this.kernelInitializer),
      kernelRegularizer: serializeOption(this.kernelRegularizer),
      kernelConstraint: serializeOption(this.kernelConstraint),
      biasInitializer: serializeOption(this.biasInitializer),
      biasRegularizer: serializeOption(this.biasRegularizer),
      biasConstraint: serializeOption(this.biasConstraint),
    };
  }

  #inputShape(inputShape: Shape | Shape[]): Shape {
    return this.singleShape(inputShape, [2], '[batch, features] (flatten first)');
  }

  #features(shape: Shape): number {
    const features = shape[1] ?? null;
    if (features === null) {
      throw new ShapeError(`${this.label}: input has shape ${showShape(shape)}; the number of features must be known`);
    }
    return features;
  }
}

function isRank2(x: tf.Tensor): x is tf.Tensor2D {
  return x.rank === 2;
}
