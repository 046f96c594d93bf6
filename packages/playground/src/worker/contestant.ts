// SPDX-License-Identifier: Apache-2.0
import {SGD} from '@addernet/nn';
import type {Batch} from '@addernet/plugin';
import {filterTiles} from '@addernet/weight-statistics';
import {createModel} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import type {FilterPicture, Settings} from '../protocol.js';
import type {Data} from './data.js';

const EVALUATION_BATCH = 100;

/** Pixels along a weight's edge, and between two filters. */
const SCALE = 8;
const GAP = 2;

/** One of the networks that are trained side by side. */
export class Contestant {
  images = 0;
  #seconds = 0;
  #steps = 0;
  readonly #model: ReturnType<typeof createModel>;
  readonly #optimizer: SGD;

  constructor(
    readonly operator: string,
    {architecture, learningRate, eta}: Settings,
    private readonly data: Data,
  ) {
    const {imageShape, numClasses} = data.train;
    this.#model = createModel(architecture, {operator, numClasses, inputShape: [...imageShape], seed: 1});
    this.#optimizer = new SGD({
      learningRate,
      momentum: 0.9,
      weightDecay: 5e-4,
      localLearningRate: eta === 0 ? false : {eta},
    });
  }

  get parameters(): number {
    return this.#model.countParams();
  }

  /** Of training alone, the first step, in which kernels are compiled, left out. */
  get imagesPerSecond(): number {
    return this.#steps < 2 ? 0 : (this.images * (this.#steps - 1)) / this.#steps / this.#seconds;
  }

  /** @returns the batch's mean cross-entropy, before the update */
  async train(batch: Batch): Promise<number> {
    const start = performance.now();
    const {imageShape, numClasses} = this.data.train;
    const images = tf.tensor4d(batch.images, [batch.size, ...imageShape]);
    const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(batch.labels, 'int32'), numClasses), 'float32'));
    const variables = this.#model.trainableWeights
      .map((weight) => weight.read())
      .filter((value) => value instanceof tf.Variable);
    const {value, grads} = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, this.#logits(images, true)),
      variables,
    );
    this.#optimizer.applyGradients(grads);
    const [loss = NaN] = await value.data();
    tf.dispose([images, labels, value, grads]);
    if (!Number.isFinite(loss)) {
      throw new Error(
        `${this.operator}: the loss became ${loss} after ${this.images} images; a smaller learning rate may help`,
      );
    }
    this.images += batch.size;
    this.#steps++;
    if (this.#steps > 1) this.#seconds += (performance.now() - start) / 1000;
    return loss;
  }

  /**
   * @param pause awaited between batches
   * @returns the share of test images whose largest logit is that of their class
   */
  async evaluate(pause: () => Promise<void>): Promise<number> {
    const {test, definition} = this.data;
    let right = 0;
    for await (const batch of test.batches({batchSize: EVALUATION_BATCH, normalization: definition.normalization})) {
      await pause();
      const classes = tf.tidy(() =>
        tf.argMax(this.#logits(tf.tensor4d(batch.images, [batch.size, ...test.imageShape]), false), 1),
      );
      const guesses = await classes.data();
      classes.dispose();
      batch.labels.forEach((label, index) => {
        if (guesses[index] === label) right++;
      });
    }
    return right / test.size;
  }

  /** The filters of the first layer that has any. */
  async filters(): Promise<FilterPicture | undefined> {
    for (const layer of this.#model.layers) {
      const kernel = layer.weights.find(({shape}) => shape.length === 4)?.read();
      if (kernel === undefined) continue;
      const [height = 1, width = 1] = kernel.shape;
      const image = filterTiles(await kernel.data(), kernel.shape, {scale: SCALE, gap: GAP});
      return {image, gap: GAP, pitch: [SCALE * width + GAP, SCALE * height + GAP]};
    }
    return undefined;
  }

  #logits(images: tf.Tensor, training: boolean): tf.Tensor {
    const output = this.#model.apply(images, {training});
    if (output instanceof tf.Tensor) return output;
    throw new Error('the model gave several tensors; expected one');
  }
}
