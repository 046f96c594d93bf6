// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import {CounterRandom} from '@addernet/core';
import {cifar10, syntheticSplit} from '@addernet/datasets';
import {adderOperator, convOperator, fuseForInference} from '@addernet/nn';
import type {Architecture, Operator} from '@addernet/plugin';
import {createImagenetResnet, createMobilenetV2, createModel, createVggSmall, listModels} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {register} from '../src/index.js';

/**
 * Greatest change of a logit, in times the change that rounding the images once more makes, and as a share of the largest logit. Fusing changes roundings in
 * every layer; what a network makes of them is its own: untrained and deep, adders multiply them by ten thousand.
 */
const BOUND = {roundings: 10, share: 1e-5};
const NUM_CLASSES = 10;
const IMAGES = 8;

beforeAll(async () => {
  tf.enableProdMode();
  register();
  await tf.setBackend('wasm');
});

/** The large ones by the same functions, but narrow. */
const narrow: Readonly<Record<string, Architecture>> = Object.fromEntries(
  [
    createImagenetResnet({name: 'resnet18', block: 'basic', blocksPerStage: [2, 2, 2, 2], widths: [8, 16, 24, 32]}),
    createImagenetResnet({name: 'resnet34', block: 'basic', blocksPerStage: [3, 4, 6, 3], widths: [8, 16, 24, 32]}),
    createImagenetResnet({name: 'resnet50', block: 'bottleneck', blocksPerStage: [3, 4, 6, 3], widths: [4, 8, 12, 16]}),
    createMobilenetV2({name: 'mobilenet-v2', widthMultiplier: 0.25, depthwise: 'operator'}),
    createVggSmall({name: 'vgg-small', widths: [16, 32, 64]}),
  ].map((architecture) => [architecture.name, architecture]),
);

function build(name: string, operator: Operator): tfl.LayersModel {
  const options = {operator, numClasses: NUM_CLASSES, inputShape: [32, 32, 3], seed: 3} as const;
  return narrow[name]?.build(options) ?? createModel(name, options);
}

const cases = listModels().flatMap(({name}) =>
  [adderOperator, convOperator].map((operator) => ({name, operator, as: operator.name})),
);

function standIn(count: number): tf.Tensor4D {
  const split = syntheticSplit(cifar10, 'test', {images: count});
  const [batch] = split.batches({batchSize: count, normalization: cifar10.normalization});
  return tf.tensor4d(batch.images, [count, ...split.imageShape]);
}

/** Factors and offsets of batch normalisation drawn at random, and the running statistics that belong to them and to these images. */
function calibrate(model: tfl.LayersModel, x: tf.Tensor): void {
  const norms = model.layers.filter((layer) => layer.getClassName() === 'AddernetBatchNormalization');
  tf.tidy(() => {
    for (const layer of norms) {
      const [gamma, beta, mean] = layer.getWeights();
      const random = (name: string, middle: number) => {
        const numbers = new CounterRandom(1, layer.name, name);
        return tf.tensor1d(Float32Array.from({length: mean.size}, () => middle + numbers.normal() / 4));
      };
      expect([gamma.size, beta.size]).toEqual([mean.size, mean.size]);
      layer.setWeights([random('gamma', 1), random('beta', 0), tf.zerosLike(mean), tf.zerosLike(mean)]);
    }
    model.apply(x, {training: true});
    // One step of momentum 0.9 from zero has left a tenth of the statistics. No channel is next to constant, as some are by chance over so few images:
    // what divides by such a deviation multiplies the last digits.
    for (const layer of norms) {
      const [gamma, beta, mean, tenth] = layer.getWeights();
      const variance = tf.mul(tenth, 10);
      layer.setWeights([gamma, beta, tf.mul(mean, 10), tf.maximum(variance, tf.mean(variance))]);
    }
  });
}

const logitsOf = (model: tfl.LayersModel, x: tf.Tensor): Float32Array =>
  tf.tidy(() => Float32Array.from((model.predict(x) as tf.Tensor).dataSync()));

/** Every value changed by half its last digit at most. */
function rounded(x: tf.Tensor, seed: number): tf.Tensor {
  return tf.tidy(() => tf.mul(x, tf.add(1, tf.randomUniform(x.shape, -(2 ** -24), 2 ** -24, 'float32', seed))));
}

function greatestDifference(some: Float32Array, others: Float32Array): number {
  return Math.max(...some.map((value, index) => Math.abs(value - others[index])));
}

describe.each(cases)('$name as $as', ({name, operator}) => {
  it('has the logits of its fused form, and the same first choices', async () => {
    const before = tf.memory().numTensors;
    const x = standIn(IMAGES);
    const model = build(name, operator);
    calibrate(model, x);
    const {model: fused, untouched} = await fuseForInference(model);
    const [expected, actual] = [logitsOf(model, x), logitsOf(fused, x)];
    expect(expected.every(Number.isFinite)).toBe(true);
    const largest = Math.max(...expected.map(Math.abs));
    const rounding = Math.max(
      ...[1, 2].map((seed) => tf.tidy(() => greatestDifference(logitsOf(model, rounded(x, seed)), expected))),
    );
    const tolerance = BOUND.roundings * rounding + BOUND.share * largest;
    expect(greatestDifference(actual, expected)).toBeLessThanOrEqual(tolerance);
    for (let image = 0; image < IMAGES; image++) {
      const logits = expected.subarray(image * NUM_CLASSES, (image + 1) * NUM_CLASSES);
      const others = actual.subarray(image * NUM_CLASSES, (image + 1) * NUM_CLASSES);
      const choice = others.indexOf(Math.max(...others));
      // Another one only where both are first, as far as the tolerance tells.
      expect(Math.max(...logits) - logits[choice]).toBeLessThanOrEqual(2 * tolerance);
    }
    // Behind a pooling there is nothing to fold, and a fully connected layer without batch normalisation stays.
    const reasons = new Set(untouched.map(({reason}) => reason.replace(/ '.*?'/g, '')));
    const allowed = [
      'its output goes to MaxPooling2D',
      'follows MaxPooling2D, with which it does not make one layer',
      'is not followed by batch normalisation alone, without which fusing gains nothing here',
    ];
    for (const reason of reasons) expect(allowed).toContain(reason);
    model.dispose();
    fused.dispose();
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }, 60_000);
});
