// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type {Initializer, Shape} from '../tfl-types.js';

/**
 * TF.js's Initializer class. It is not exported, and its own layers take an initializer only if it is an instance of it; every initializer's
 * class derives from it directly or not, Zeros directly.
 */
const InitializerBase: typeof Initializer = Object.getPrototypeOf(tfl.initializers.zeros().constructor);

/** Which random numbers a weight gets. */
export interface WeightStream {
  /** Seed of the model or layer. */
  readonly seed: number;
  /** What tells this weight from the others: layer name, weight name. */
  readonly path: readonly (string | number)[];
  /** Inputs that one output of the layer sums over; needed for bias initializers that depend on it. */
  readonly fanIn?: number;
}

export interface SeededInitializerConfig {
  /** Takes the place of the layer's seed. Outside the layers of this package, where no layer gives one, the default is 0. */
  seed?: number | null;
}

/**
 * An initializer whose values are a function of (seed, layer name, weight name) alone: not of the order in which layers are made, nor of the
 * backend. The layers of this package give it the names; in TF.js's own layers it knows the seed only, so give each weight its own there.
 */
export abstract class SeededInitializer extends InitializerBase {
  readonly seed: number | undefined;

  constructor(config: SeededInitializerConfig = {}) {
    super();
    const seed = config.seed ?? undefined;
    if (seed !== undefined && !Number.isSafeInteger(seed)) {
      throw new ArgumentError(`${this.getClassName()}: seed must be an integer; got ${seed}`);
    }
    this.seed = seed;
  }

  /** Writes one value per element of a weight of that shape. */
  protected abstract fill(
    values: Float32Array,
    shape: readonly number[],
    random: CounterRandom,
    stream: WeightStream,
  ): void;

  /** Values of a weight, in row-major order. */
  sample(shape: readonly number[], stream: WeightStream): Float32Array {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    this.fill(values, shape, new CounterRandom(this.seed ?? stream.seed, ...stream.path), stream);
    return values;
  }

  override apply(shape: Shape, dtype: tf.DataType = 'float32'): tf.Tensor {
    return sampledTensor(this, shape, dtype, {seed: 0, path: []});
  }

  override getConfig(): tf.serialization.ConfigDict {
    return this.seed === undefined ? {} : {seed: this.seed};
  }
}

/** A seeded initializer with the stream of one weight; made anew at every build, so never serialized. */
class BoundInitializer extends InitializerBase {
  readonly #initializer: SeededInitializer;
  readonly #stream: WeightStream;

  constructor(initializer: SeededInitializer, stream: WeightStream) {
    super();
    this.#initializer = initializer;
    this.#stream = stream;
  }

  override apply(shape: Shape, dtype: tf.DataType = 'float32'): tf.Tensor {
    return sampledTensor(this.#initializer, shape, dtype, this.#stream);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return this.#initializer.getConfig();
  }
}

/** Gives a seeded initializer the stream of one weight; any other initializer is returned as it is. */
export function bindInitializer(initializer: Initializer, stream: WeightStream): Initializer {
  return initializer instanceof SeededInitializer ? new BoundInitializer(initializer, stream) : initializer;
}

function sampledTensor(
  initializer: SeededInitializer,
  shape: Shape,
  dtype: tf.DataType,
  stream: WeightStream,
): tf.Tensor {
  if (dtype !== 'float32') {
    throw new ArgumentError(`${initializer.getClassName()}: dtype must be float32; got ${dtype}`);
  }
  const sizes = shape.map((size) => {
    if (size === null) {
      throw new ArgumentError(`${initializer.getClassName()}: shape must be fully known; got [${shape.join(', ')}]`);
    }
    return size;
  });
  return tf.tensor(initializer.sample(sizes, stream), sizes, 'float32');
}
