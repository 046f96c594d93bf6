// SPDX-License-Identifier: Apache-2.0
import {cifar10, syntheticSplit} from '@addernet/datasets';
import {SGD} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import {step} from './define-page.js';

/** Training on the first images of CIFAR-10's stand-in. */
export interface TrainingRequest {
  readonly architecture: string;
  readonly operator: 'adder' | 'conv';
  readonly batchSize: number;
  /** Number of different batches, which every epoch goes through. */
  readonly batches: number;
  readonly epochs: number;
}

export interface TrainingReport {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** From the second epoch on. */
  readonly imagesPerSecond: number;
  /** Tensors that are left when the model and the optimizer are disposed. */
  readonly tensorsLeft: number;
}

export async function train({
  architecture,
  operator,
  batchSize,
  batches,
  epochs,
}: TrainingRequest): Promise<TrainingReport> {
  const before = tf.memory().numTensors;
  const {imageShape, numClasses, ...split} = syntheticSplit(cifar10, 'train', {images: batches * batchSize});
  const model = createModel(architecture, {operator, numClasses, inputShape: [...imageShape], seed: 1});
  const optimizer = new SGD({learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4});
  model.compile({optimizer, loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)});

  const losses: number[] = [];
  let warm = performance.now();
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch === 1) warm = performance.now();
    let sum = 0;
    for (const batch of split.batches({batchSize, normalization: cifar10.normalization})) {
      step(`${operator} ${architecture}, epoch ${epoch}, images ${batch.indices[0]} to ${batch.indices.at(-1)}`);
      const images = tf.tensor4d(batch.images, [batch.size, ...imageShape]);
      const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(batch.labels, 'int32'), numClasses), 'float32'));
      sum += Number(await model.trainOnBatch(images, labels));
      tf.dispose([images, labels]);
    }
    losses.push(sum / batches);
  }
  const seconds = (performance.now() - warm) / 1000;
  model.dispose();
  optimizer.dispose();
  return {
    losses,
    imagesPerSecond: ((epochs - 1) * batches * batchSize) / seconds,
    tensorsLeft: tf.memory().numTensors - before,
  };
}
