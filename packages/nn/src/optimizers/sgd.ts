// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {StateMismatchError} from '../errors.js';
import {isAdderFilter} from './adder-filters.js';
import {constraintOf} from './constrained-variables.js';
import {Slots} from './slots.js';

/** {name, tensor}; TF.js does not export it by name. */
type NamedTensor = Parameters<tf.Optimizer['setWeights']>[0][number];

/** Options of {@link SGD}. */
export interface SGDConfig {
  learningRate: number;
  /** From 0 (default) to below 1. */
  momentum?: number | null;
  /** Times the weight, added to the gradient of every variable. Default 0. */
  weightDecay?: number | null;
  /** Default false; needs momentum. */
  nesterov?: boolean | null;
  /** AdderNet's local learning rate of adder filters; default {eta: 0.2}, and false turns it off. */
  localLearningRate?: {eta: number} | false | null;
  /**
   * Factor on the gradients of adder filters, besides the local learning rate or in its place; default 1. It is what the paper compares the local
   * learning rate with (its "increased learning rate", ILR). As that it does not scale weight decay.
   */
  increasedLearningRate?: number | null;
}

/** Least norm by which a gradient is divided, as in the AdderNet authors' code. */
const SMALLEST_NORM = 1e-12;
const DEFAULT_ETA = 0.2;
const SLOT_SUFFIX = '/momentum';
const ITERATIONS = 'iter';

/**
 * Stochastic gradient descent as in PyTorch, with the local learning rate of AdderNet (arXiv 1912.13200, eq. 12 and 13). For every variable w
 * with gradient g:
 *
 *     g ← η·√k·g / max(‖g‖₂, 1e-12)      adder filters only; k = number of elements of the layer's whole filter tensor
 *     g ← increasedLearningRate·g         adder filters only
 *     g ← g + weightDecay·w               every variable, batch normalisation's included, as in the authors' training code
 *     v ← momentum·v + g                  v = g in the first step
 *     w ← w − learningRate·v              or w − learningRate·(g + momentum·v) with nesterov
 *
 * Which variables are adder filters is marked by the layers (`markAdderFilter`). Constraints of this package's layers are applied after the
 * step. Velocities are kept by variable name, so the order and the set of trained variables may change.
 */
export class SGD extends tf.Optimizer {
  /** TF.js's own optimizer has the name 'SGD'. */
  static readonly className: string = 'AddernetSGD';
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  readonly localLearningRate: {readonly eta: number} | false;
  readonly increasedLearningRate: number;
  #learningRate: number;
  readonly #velocities = new Slots(SLOT_SUFFIX);
  #savedIterations: tf.Tensor | undefined;

  constructor(config: SGDConfig) {
    super();
    this.#learningRate = nonNegative('learningRate', config.learningRate);
    this.momentum = nonNegative('momentum', config.momentum ?? 0);
    if (this.momentum >= 1) {
      throw new ArgumentError(`SGD: momentum is ${this.momentum}; expected a number from 0 to below 1`);
    }
    this.weightDecay = nonNegative('weightDecay', config.weightDecay ?? 0);
    this.nesterov = config.nesterov ?? false;
    if (this.nesterov && this.momentum === 0) {
      throw new ArgumentError('SGD: nesterov needs a momentum above 0; got 0');
    }
    const local = config.localLearningRate ?? {eta: DEFAULT_ETA};
    this.localLearningRate = local === false ? false : {eta: nonNegative('localLearningRate.eta', local.eta)};
    this.increasedLearningRate = nonNegative('increasedLearningRate', config.increasedLearningRate ?? 1);
  }

  /** May be set at any time; holds from the next step on. */
  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    this.#learningRate = nonNegative('learningRate', value);
  }

  /**
   * One step. Variables whose gradient is null or undefined are left as they are.
   *
   * @throws ArgumentError for a gradient without a variable of its name; StateMismatchError if loaded state does not fit.
   */
  override applyGradients(variableGradients: tf.NamedTensorMap | NamedTensor[]): void {
    const pairs: {variable: tf.Variable; gradient: tf.Tensor}[] = [];
    const named: readonly (readonly [string, tf.Tensor | null | undefined])[] = Array.isArray(variableGradients)
      ? variableGradients.map(({name, tensor}) => [name, tensor])
      : Object.entries(variableGradients);
    for (const [name, gradient] of named) {
      if (gradient === null || gradient === undefined) {
        continue;
      }
      const variable = tf.engine().registeredVariables[name];
      if (variable === undefined) {
        throw new ArgumentError(`SGD: gradient for ${describeValue(name)}; there is no variable of that name`);
      }
      pairs.push({variable, gradient});
    }
    this.#velocities.adopt(pairs.map(({variable}) => variable));
    tf.tidy(() => {
      const factors = {
        learningRate: tf.scalar(this.#learningRate),
        increasedLearningRate: tf.scalar(this.increasedLearningRate),
        momentum: tf.scalar(this.momentum),
        weightDecay: tf.scalar(this.weightDecay),
      };
      // A scope for each variable: the temporaries of a large network together would be several times its size.
      for (const {variable, gradient} of pairs) {
        tf.tidy(() => this.#step(variable, gradient, factors));
      }
    });
    this.incrementIterations();
  }

  /**
   * ‖g‖₂ of a variable's gradient behind the local and the increased learning rate: what is left of `norm` before weight decay and momentum.
   *
   * @param norm ‖g‖₂ as the loss has it
   */
  adaptedNorm(variable: tf.Variable, norm: number): number {
    if (!isAdderFilter(variable)) return norm;
    const local = this.localLearningRate;
    const scale = local === false ? 1 : (local.eta * Math.sqrt(variable.size)) / Math.max(norm, SMALLEST_NORM);
    return norm * scale * this.increasedLearningRate;
  }

  /** Steps done ('iter') and velocities ('‹variable›/momentum'). The tensors are the optimizer's own: copy what must outlive the next step. */
  override async getWeights(): Promise<NamedTensor[]> {
    this.#savedIterations?.dispose();
    const iterations = tf.keep(tf.scalar(this.iterations, 'int32'));
    this.#savedIterations = iterations;
    return [{name: ITERATIONS, tensor: iterations}, ...this.#velocities.save()];
  }

  /**
   * Takes what `getWeights` gave. Velocities find their variables by name at the next step.
   *
   * @throws StateMismatchError for other state than this optimizer's.
   */
  override async setWeights(weightValues: NamedTensor[]): Promise<void> {
    const [first, ...velocities] = weightValues;
    if (first?.name !== ITERATIONS) {
      throw new StateMismatchError(
        `SGD: saved optimizer state begins with ${describeValue(first?.name)}; expected '${ITERATIONS}', the number of steps done`,
      );
    }
    if (this.momentum === 0 && velocities.length > 0) {
      throw new StateMismatchError(
        `SGD: saved optimizer state has ${velocities.length} velocities; an optimizer without momentum has no use for them`,
      );
    }
    this.#velocities.load(velocities);
    await this.extractIterations(weightValues);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      learningRate: this.#learningRate,
      momentum: this.momentum,
      weightDecay: this.weightDecay,
      nesterov: this.nesterov,
      localLearningRate: this.localLearningRate === false ? false : {eta: this.localLearningRate.eta},
      increasedLearningRate: this.increasedLearningRate,
    };
  }

  override dispose(): void {
    this.#velocities.dispose();
    this.#savedIterations?.dispose();
    this.#savedIterations = undefined;
  }

  #step(
    variable: tf.Variable,
    gradient: tf.Tensor,
    factors: Readonly<Record<'learningRate' | 'increasedLearningRate' | 'momentum' | 'weightDecay', tf.Scalar>>,
  ): void {
    const isAdder = isAdderFilter(variable);
    let direction = gradient;
    if (this.localLearningRate !== false && isAdder) {
      direction = tf.mul(direction, localScale(direction, this.localLearningRate.eta));
    }
    if (this.increasedLearningRate !== 1 && isAdder) {
      direction = tf.mul(direction, factors.increasedLearningRate);
    }
    if (this.weightDecay !== 0) {
      direction = tf.add(direction, tf.mul(variable, factors.weightDecay));
    }
    if (this.momentum !== 0) {
      const previous = this.#velocities.get(variable);
      const velocity = previous === undefined ? direction : tf.add(tf.mul(previous, factors.momentum), direction);
      this.#velocities.set(variable, velocity);
      direction = this.nesterov ? tf.add(direction, tf.mul(velocity, factors.momentum)) : velocity;
    }
    const next = tf.sub(variable, tf.mul(direction, factors.learningRate));
    variable.assign(constraintOf(variable)?.apply(next) ?? next);
  }
}

/** η·√k / max(‖g‖₂, 1e-12), a scalar. */
function localScale(gradient: tf.Tensor, eta: number): tf.Tensor {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  return tf.div(eta * Math.sqrt(gradient.size), tf.maximum(norm, SMALLEST_NORM));
}

function nonNegative(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) {
    throw new ArgumentError(`SGD: ${name} is ${describeValue(value)}; expected a finite number of at least 0`);
  }
  return value;
}
