// SPDX-License-Identifier: Apache-2.0
import {register} from '@addernet/kernels-cpu';
import type {Batch, InMemorySplit} from '@addernet/plugin';
import {createModel} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {cifar100, mnist, syntheticSplit, type DatasetDefinition} from '../src/index.js';

/**
 * What the stand-in is for: a network that sees local arrangement learns it, a linear model does not. Budgets are fixed; chance is 1 %.
 */

type Logits = (images: tf.Tensor4D, training: boolean) => tf.Tensor2D;

interface Budget {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

function tensorOf(batch: Batch, [height, width, channels]: InMemorySplit['imageShape']): tf.Tensor4D {
  return tf.tensor4d(batch.images, [batch.size, height, width, channels]);
}

/** Adam with a half-cosine schedule. Returns the mean loss of the last epoch, in nats. */
function train(logits: Logits, split: InMemorySplit, {normalization}: DatasetDefinition, budget: Budget): number {
  const {epochs, batchSize, learningRate} = budget;
  const optimizer = tf.train.adam(learningRate);
  const batches = split.batchCount({batchSize});
  let step = 0;
  let loss = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    loss = 0;
    for (const batch of split.batches({batchSize, shuffle: {seed: 0, epoch}, normalization})) {
      Object.assign(optimizer, {
        learningRate: learningRate * 0.5 * (1 + Math.cos((Math.PI * step++) / (epochs * batches))),
      });
      const batchLoss = tf.tidy(() => {
        const labels = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), split.numClasses);
        const images = tensorOf(batch, split.imageShape);
        const cost = optimizer.minimize(
          () => tf.mean<tf.Scalar>(tf.losses.softmaxCrossEntropy(labels, logits(images, true))),
          true,
        );
        return cost?.dataSync()[0] ?? NaN;
      });
      loss += batchLoss / batches;
    }
  }
  optimizer.dispose();
  return loss;
}

function accuracy(logits: Logits, split: InMemorySplit, {normalization}: DatasetDefinition): number {
  let correct = 0;
  for (const batch of split.batches({batchSize: 100, normalization})) {
    const predicted = tf.tidy(() => tf.argMax(logits(tensorOf(batch, split.imageShape), false), 1).dataSync());
    batch.labels.forEach((label, position) => (correct += Number(predicted[position] === label)));
  }
  return correct / split.size;
}

/** Softmax regression on all pixels, from zero. */
function linearModel({imageShape, numClasses}: InMemorySplit): Logits {
  const inputs = imageShape[0] * imageShape[1] * imageShape[2];
  const weights = tf.variable(tf.zeros([inputs, numClasses]));
  const bias = tf.variable(tf.zeros([numClasses]));
  return (images) => tf.add(tf.matMul(tf.reshape(images, [-1, inputs]), weights), bias);
}

describe('the stand-in for CIFAR-100', () => {
  beforeAll(() => tf.enableProdMode());
  afterAll(() => tf.disposeVariables());

  const trainImages = 5000;

  it('leaves a linear model at 10 % top-1 or less, with three times the network’s budget', async () => {
    await tf.setBackend('wasm');
    const budget = {epochs: 3, batchSize: 100, learningRate: 1e-3};
    const split = syntheticSplit(cifar100, 'train', {images: trainImages});
    const linear = linearModel(split);
    const loss = train(linear, split, cifar100, budget);
    expect(loss).toBeLessThan(Math.log(100)); // it does learn its training images
    expect(accuracy(linear, split, cifar100)).toBeGreaterThan(0.3);
    const top1 = accuracy(linear, syntheticSplit(cifar100, 'test', {images: 1000}), cifar100);
    console.info(`linear model: top-1 ${top1} after ${budget.epochs} × ${trainImages} images`);
    expect(top1).toBeLessThanOrEqual(0.1);

    // The same linear model is good enough where linear models are: on digits.
    const digits = syntheticSplit(mnist, 'train', {images: 1000});
    const control = linearModel(digits);
    train(control, digits, mnist, {...budget, epochs: 4});
    expect(accuracy(control, syntheticSplit(mnist, 'test', {images: 500}), mnist)).toBeGreaterThan(0.6);
  }, 120_000);

  it('lets the tiny network reach 30 % top-1 or more in one pass over 5,000 images', async () => {
    await tf.setBackend('cpu');
    register();
    const split = syntheticSplit(cifar100, 'train', {images: trainImages});
    const {imageShape, numClasses} = split;
    const model = createModel('tiny', {operator: 'conv', numClasses, inputShape: imageShape, seed: 0});
    const logits: Logits = (images, training) => {
      const output = model.apply(images, {training});
      if (!(output instanceof tf.Tensor)) throw new Error('expected one tensor');
      return tf.reshape(output, [-1, numClasses]);
    };
    train(logits, split, cifar100, {epochs: 1, batchSize: 25, learningRate: 0.005});
    const top1 = accuracy(logits, syntheticSplit(cifar100, 'test', {images: 500}), cifar100);
    console.info(`tiny network: top-1 ${top1} after ${trainImages} images`);
    expect(top1).toBeGreaterThanOrEqual(0.3);
  }, 240_000);
});
