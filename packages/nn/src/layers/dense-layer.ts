// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue, ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type {InitializerOption} from '../resolve.js';
import type {Initializer, Kwargs, Shape} from '../tfl-types.js';
import {showShape} from './addernet-layer.js';
import {KernelLayer, type KernelLayerConfig} from './kernel-layer.js';

/** Options of every {@link DenseLayer}. */
export interface DenseLayerConfig extends KernelLayerConfig {
  /** Number of outputs. */
  units: number;
  /** Default true. */
  useBias?: boolean | null;
}

/**
 * A layer from [batch, features] to [batch, units], each output of which sees every feature. What is done with them is the subclass's. Weights:
 * kernel [features, units] and, with `useBias`, bias [units].
 */
export abstract class DenseLayer extends KernelLayer {
  readonly units: number;

  protected constructor(
    config: DenseLayerConfig,
    keys: readonly string[],
    defaults: {readonly kernel: Initializer; readonly bias: InitializerOption},
  ) {
    super(config, ['units', ...keys], {
      useBias: true,
      kernelInitializer: defaults.kernel,
      biasInitializer: defaults.bias,
    });
    const {label} = this;
    if (!Number.isSafeInteger(config.units) || config.units < 1) {
      throw new ArgumentError(`${label}: units is ${describeValue(config.units)}; expected an integer of at least 1`);
    }
    this.units = config.units;
  }

  /** Applies the operator; bias comes after. x [batch, features], kernel [features, units]. */
  protected abstract operate(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D;

  override build(inputShape: Shape | Shape[]): void {
    const features = this.#features(this.#inputShape(inputShape));
    this.createKernelAndBias([features, this.units], this.units, features);
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
      const kernel = this.readKernel();
      if (!isRank2(x) || kernel === undefined || !isRank2(kernel)) {
        throw new ShapeError(`${this.label}: input has shape ${showShape(x.shape)}; expected rank 2`);
      }
      return this.addBias(this.operate(x, kernel));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
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
