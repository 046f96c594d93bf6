// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue, ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {DuplicateLibraryError} from '../errors.js';
import {bindInitializer} from '../initializers/seeded-initializer.js';
import {setConstraint} from '../optimizers/constrained-variables.js';
import type {Constraint, Initializer, Kwargs, LayerArgs, Regularizer, Shape} from '../tfl-types.js';

/** What every layer of TF.js takes. `customObjects` is added by its deserialization. */
const COMMON_KEYS = [
  'name',
  'trainable',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'weights',
  'customObjects',
] as const;

export interface AddernetLayerConfig extends LayerArgs {
  /**
   * Initial weights are a function of this seed, the layer's name and the weight's name. Integer; default 0. Two layers of one name, say in
   * two models, start with the same weights unless their seeds differ. Name the layers: the names that TF.js makes up count the layers that
   * were made before.
   */
  seed?: number | null;
}

interface WeightOptions {
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
  /** Default true. */
  readonly trainable?: boolean;
  readonly fanIn?: number;
}

/** What the layers of this package share: seeded weights, checked configs, and the refusal of another tfjs-layers' tensors. */
export abstract class AddernetLayer extends tfl.layers.Layer {
  readonly seed: number;

  protected constructor(config: AddernetLayerConfig, keys: readonly string[]) {
    super(config);
    const valid: readonly string[] = [...COMMON_KEYS, 'seed', ...keys];
    for (const [key, value] of Object.entries(config)) {
      if (value !== undefined && !valid.includes(key)) {
        throw new ArgumentError(
          `${this.label}: unknown option ${describeValue(key)}; valid ones are ${valid.join(', ')}`,
        );
      }
    }
    this.seed = config.seed ?? 0;
    if (!Number.isSafeInteger(this.seed)) {
      throw new ArgumentError(`${this.label}: seed is ${describeValue(this.seed)}; expected an integer`);
    }
  }

  /** Class and name, for messages. */
  protected get label(): string {
    return `${this.getClassName()} '${this.name}'`;
  }

  protected createWeight(name: string, shape: number[], options: WeightOptions): tfl.LayerVariable {
    const {initializer, regularizer, constraint, trainable = true, fanIn} = options;
    const stream = {seed: this.seed, path: [this.name, name], ...(fanIn === undefined ? {} : {fanIn})};
    const bound = bindInitializer(initializer, stream);
    const weight = this.addWeight(name, shape, 'float32', bound, regularizer, trainable, constraint);
    const variable = weight.read();
    if (constraint !== undefined && variable instanceof tf.Variable) {
      setConstraint(variable, constraint);
    }
    return weight;
  }

  override apply(
    inputs: tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[],
    kwargs?: Kwargs,
  ): tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[] {
    for (const input of Array.isArray(inputs) ? inputs : [inputs]) {
      if (!(input instanceof tfl.SymbolicTensor) && !(input instanceof tf.Tensor) && isForeignSymbolic(input)) {
        throw new DuplicateLibraryError(
          `${this.label}: its input comes from another copy of @tensorflow/tfjs-layers than the one (${tfl.version_layers}) that ` +
            '@addernet/nn is built on; layers of two copies cannot be mixed. ' +
            '`npm ls @tensorflow/tfjs-layers` shows the copies: one version range for all dependants leaves one.',
        );
      }
    }
    return super.apply(inputs, kwargs);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), seed: this.seed};
  }

  /** The one input tensor of a layer that has one input. */
  protected singleInput(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return single(this.label, inputs);
  }

  /** The one input shape of a layer that has one input, of a rank that it takes. */
  protected singleShape(inputShape: Shape | Shape[], ranks: readonly number[], layout: string): Shape {
    const [first] = inputShape;
    const shape = Array.isArray(first) ? single(this.label, inputShape.filter(isShape)) : inputShape.filter(isSize);
    if (!ranks.includes(shape.length)) {
      throw new ShapeError(
        `${this.label}: input has shape ${showShape(shape)}; expected rank ${ranks.join(' or ')}, ${layout}`,
      );
    }
    return shape;
  }
}

export function showShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? 'null').join(', ')}]`;
}

function single<T>(label: string, inputs: T | T[]): T {
  if (!Array.isArray(inputs)) {
    return inputs;
  }
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw new ShapeError(`${label}: got ${inputs.length} inputs; expected 1`);
  }
  return input;
}

function isShape(value: Shape | number | null): value is Shape {
  return Array.isArray(value);
}

function isSize(value: Shape | number | null): value is number | null {
  return !Array.isArray(value);
}

function isForeignSymbolic(input: object): boolean {
  return 'sourceLayer' in input && 'shape' in input;
}
