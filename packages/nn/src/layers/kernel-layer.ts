// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {
  type ConstraintOption,
  type InitializerOption,
  type RegularizerOption,
  resolveConstraint,
  resolveInitializer,
  resolveRegularizer,
  serializeOption,
} from '../resolve.js';
import type {Constraint, Initializer, Regularizer} from '../tfl-types.js';
import {AddernetLayer, type AddernetLayerConfig} from './addernet-layer.js';

const KEYS = [
  'useBias',
  'kernelInitializer',
  'kernelRegularizer',
  'kernelConstraint',
  'biasInitializer',
  'biasRegularizer',
  'biasConstraint',
] as const;

/** Options of every {@link KernelLayer}. */
export interface KernelLayerConfig extends AddernetLayerConfig {
  useBias?: boolean | null;
  kernelInitializer?: InitializerOption | null;
  kernelRegularizer?: RegularizerOption | null;
  kernelConstraint?: ConstraintOption | null;
  /** Default zeros, where the layer says nothing else. */
  biasInitializer?: InitializerOption | null;
  biasRegularizer?: RegularizerOption | null;
  biasConstraint?: ConstraintOption | null;
}

/** What a {@link KernelLayer} does where its config says nothing. */
export interface KernelLayerDefaults {
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: InitializerOption;
}

/** A layer with a weight 'kernel', and with `useBias` a weight 'bias' that is added to each output channel: what convolutions and fully connected layers share. */
export abstract class KernelLayer extends AddernetLayer {
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasInitializer: Initializer;
  readonly biasRegularizer: Regularizer | undefined;
  readonly biasConstraint: Constraint | undefined;
  #kernel: tfl.LayerVariable | undefined;
  #bias: tfl.LayerVariable | undefined;

  protected constructor(config: KernelLayerConfig, keys: readonly string[], defaults: KernelLayerDefaults) {
    super(config, [...keys, ...KEYS]);
    const {label} = this;
    this.useBias = config.useBias ?? defaults.useBias;
    this.kernelInitializer = resolveInitializer(label, config.kernelInitializer ?? defaults.kernelInitializer);
    this.kernelRegularizer = resolveRegularizer(label, config.kernelRegularizer);
    this.kernelConstraint = resolveConstraint(label, config.kernelConstraint);
    this.biasInitializer = resolveInitializer(label, config.biasInitializer ?? defaults.biasInitializer);
    this.biasRegularizer = resolveRegularizer(label, config.biasRegularizer);
    this.biasConstraint = resolveConstraint(label, config.biasConstraint);
  }

  /** Called once the kernel exists. */
  protected kernelCreated(_kernel: tf.Variable): void {}

  /**
   * Makes the kernel, and the bias where there is one.
   *
   * @param channels the output's last dimension: elements of the bias
   * @param fanIn inputs that an output channel sees, for initializers that scale with them
   */
  protected createKernelAndBias(kernelShape: number[], channels: number, fanIn: number): void {
    this.#kernel = this.createWeight('kernel', kernelShape, {
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
      constraint: this.kernelConstraint,
      fanIn,
    });
    const kernel = this.#kernel.read();
    if (kernel instanceof tf.Variable) {
      this.kernelCreated(kernel);
    }
    if (this.useBias) {
      this.#bias = this.createWeight('bias', [channels], {
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
        fanIn,
      });
    }
  }

  /** The kernel's values; undefined before the layer is built. */
  protected readKernel(): tf.Tensor | undefined {
    return this.#kernel?.read();
  }

  /** y [..., channels] with the bias, where there is one. */
  protected addBias(y: tf.Tensor): tf.Tensor {
    return this.#bias === undefined ? y : tf.add(y, this.#bias.read());
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      useBias: this.useBias,
      kernelInitializer: serializeOption(this.kernelInitializer),
      kernelRegularizer: serializeOption(this.kernelRegularizer),
      kernelConstraint: serializeOption(this.kernelConstraint),
      biasInitializer: serializeOption(this.biasInitializer),
      biasRegularizer: serializeOption(this.biasRegularizer),
      biasConstraint: serializeOption(this.biasConstraint),
    };
  }
}
