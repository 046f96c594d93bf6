// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, batchNormInference, batchNormTraining, describeValue, ShapeError} from '@addernet/core';
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
  'axis',
  'momentum',
  'epsilon',
  'center',
  'scale',
  'gammaInitializer',
  'gammaRegularizer',
  'gammaConstraint',
  'betaInitializer',
  'betaRegularizer',
  'betaConstraint',
  'movingMeanInitializer',
  'movingVarianceInitializer',
] as const;

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationConfig extends AddernetLayerConfig {
  /** −1, the last axis, is the only one. */
  axis?: number | null;
  /** In TensorFlow's sense: running ← momentum · running + (1 − momentum) · batch. Default 0.9, which PyTorch calls 0.1. */
  momentum?: number | null;
  /** Default 1e-5. */
  epsilon?: number | null;
  /** Learn an offset (beta). Default true. */
  center?: boolean | null;
  /** Learn a factor (gamma). Default true. */
  scale?: boolean | null;
  /** Default ones. */
  gammaInitializer?: InitializerOption | null;
  gammaRegularizer?: RegularizerOption | null;
  gammaConstraint?: ConstraintOption | null;
  /** Default zeros. */
  betaInitializer?: InitializerOption | null;
  betaRegularizer?: RegularizerOption | null;
  betaConstraint?: ConstraintOption | null;
  /** Default zeros. */
  movingMeanInitializer?: InitializerOption | null;
  /** Default ones. */
  movingVarianceInitializer?: InitializerOption | null;
}

/**
 * Batch normalisation over all axes but the last, with PyTorch's semantics: epsilon 1e-5, momentum 0.9, and the running variance is
 * unbiased, n / (n − 1) times the batch's, while the batch itself is normalised by its biased variance. (TF.js's layer has 1e-3, 0.99, biased,
 * and fails in training without scale.) Input [batch, channels] or [batch, height, width, channels].
 *
 * Called with `{training: true}`, as by `fit`, it normalises by the batch and updates the running statistics; otherwise it normalises by the
 * running statistics. Training on a single row per channel throws, as in PyTorch.
 */
export class BatchNormalization extends AddernetLayer {
  /** TF.js's own layer has the name 'BatchNormalization'. */
  static readonly className: string = 'AddernetBatchNormalization';
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly gammaInitializer: Initializer;
  readonly gammaRegularizer: Regularizer | undefined;
  readonly gammaConstraint: Constraint | undefined;
  readonly betaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | undefined;
  readonly betaConstraint: Constraint | undefined;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
  #gamma: tfl.LayerVariable | undefined;
  #beta: tfl.LayerVariable | undefined;
  #movingMean: tfl.LayerVariable | undefined;
  #movingVariance: tfl.LayerVariable | undefined;

  constructor(config: BatchNormalizationConfig = {}) {
    super(config, KEYS);
    const {label} = this;
    this.momentum = config.momentum ?? 0.9;
    if (!(this.momentum >= 0 && this.momentum <= 1)) {
      throw new ArgumentError(`${label}: momentum is ${describeValue(this.momentum)}; expected a number from 0 to 1`);
    }
    this.epsilon = config.epsilon ?? 1e-5;
    if (!(this.epsilon > 0 && Number.isFinite(this.epsilon))) {
      throw new ArgumentError(`${label}: epsilon is ${describeValue(this.epsilon)}; expected a positive number`);
    }
    if ((config.axis ?? -1) !== -1) {
      throw new ArgumentError(`${label}: axis is ${describeValue(config.axis)}; only −1, the last axis, is supported`);
    }
    this.center = config.center ?? true;
    this.scale = config.scale ?? true;
    this.gammaInitializer = resolveInitializer(label, config.gammaInitializer ?? 'ones');
    this.gammaRegularizer = resolveRegularizer(label, config.gammaRegularizer);
    this.gammaConstraint = resolveConstraint(label, config.gammaConstraint);
    this.betaInitializer = resolveInitializer(label, config.betaInitializer ?? 'zeros');
    this.betaRegularizer = resolveRegularizer(label, config.betaRegularizer);
    this.betaConstraint = resolveConstraint(label, config.betaConstraint);
    this.movingMeanInitializer = resolveInitializer(label, config.movingMeanInitializer ?? 'zeros');
    this.movingVarianceInitializer = resolveInitializer(label, config.movingVarianceInitializer ?? 'ones');
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = this.#inputShape(inputShape);
    const channels = shape.at(-1) ?? null;
    if (channels === null) {
      throw new ShapeError(`${this.label}: input has shape ${showShape(shape)}; the number of channels must be known`);
    }
    if (this.scale) {
      this.#gamma = this.createWeight('gamma', [channels], {
        initializer: this.gammaInitializer,
        regularizer: this.gammaRegularizer,
        constraint: this.gammaConstraint,
      });
    }
    if (this.center) {
      this.#beta = this.createWeight('beta', [channels], {
        initializer: this.betaInitializer,
        regularizer: this.betaRegularizer,
        constraint: this.betaConstraint,
      });
    }
    this.#movingMean = this.createWeight('moving_mean', [channels], {
      initializer: this.movingMeanInitializer,
      trainable: false,
    });
    this.#movingVariance = this.createWeight('moving_variance', [channels], {
      initializer: this.movingVarianceInitializer,
      trainable: false,
    });
    this.inputSpec = [new tfl.InputSpec({ndim: shape.length, axes: {[shape.length - 1]: channels}})];
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return this.#inputShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const x = this.singleInput(inputs);
      const channels = x.shape.at(-1);
      const movingMean = this.#movingMean;
      const movingVariance = this.#movingVariance;
      if (movingMean === undefined || movingVariance === undefined || channels === undefined) {
        throw new ArgumentError(`${this.label}: called before it was built`);
      }
      const scale = vector(this.#gamma?.read() ?? tf.ones([channels]));
      const offset = vector(this.#beta?.read() ?? tf.zeros([channels]));
      if (kwargs['training'] !== true) {
        const mean = vector(movingMean.read());
        return batchNormInference(x, mean, vector(movingVariance.read()), scale, offset, this.epsilon);
      }
      const rows = x.size / channels;
      if (rows === 1) {
        throw new ShapeError(
          `${this.label}: input has shape ${showShape(x.shape)}, a single value per channel, whose variance is not defined; ` +
            'expected more than one in training',
        );
      }
      const {y, mean, variance} = batchNormTraining(x, scale, offset, this.epsilon);
      if (rows > 1) {
        this.#update(movingMean, mean, 1);
        this.#update(movingVariance, variance, rows / (rows - 1));
      }
      return y;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      axis: -1,
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      gammaInitializer: serializeOption(this.gammaInitializer),
      gammaRegularizer: serializeOption(this.gammaRegularizer),
      gammaConstraint: serializeOption(this.gammaConstraint),
      betaInitializer: serializeOption(this.betaInitializer),
      betaRegularizer: serializeOption(this.betaRegularizer),
      betaConstraint: serializeOption(this.betaConstraint),
      movingMeanInitializer: serializeOption(this.movingMeanInitializer),
      movingVarianceInitializer: serializeOption(this.movingVarianceInitializer),
    };
  }

  /** running ← momentum · running + (1 − momentum) · correction · batch. */
  #update(running: tfl.LayerVariable, batch: tf.Tensor, correction: number): void {
    const kept = tf.mul(running.read(), this.momentum);
    running.write(tf.add(kept, tf.mul(batch, (1 - this.momentum) * correction)));
  }

  #inputShape(inputShape: Shape | Shape[]): Shape {
    return this.singleShape(inputShape, [2, 4], '[batch, channels] or [batch, height, width, channels]');
  }
}

/** Makes a {@link BatchNormalization}: the output has the input's shape. @throws ArgumentError */
export function batchNormalization(config?: BatchNormalizationConfig): BatchNormalization {
  return new BatchNormalization(config);
}

function vector(x: tf.Tensor): tf.Tensor1D {
  if (isRank1(x)) {
    return x;
  }
  throw new ShapeError(`BatchNormalization: a weight has shape ${showShape(x.shape)}; expected rank 1`);
}

function isRank1(x: tf.Tensor): x is tf.Tensor1D {
  return x.rank === 1;
}
