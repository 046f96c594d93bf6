// SPDX-License-Identifier: Apache-2.0
import '@addernet/kernels-cpu/register';
import {adderOperator, convOperator, countOperations, fromModelArtifacts, SGD, toModelArtifacts} from '@addernet/nn';
import '@addernet/nn/register';
import type {Operator} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {placeholderNameArchitecture} from '../src/placeholder-name.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const build = (operator: Operator, seed = 1): LayersModel =>
  placeholderNameArchitecture.build({operator, numClasses: 3, inputShape: [16, 16, 3], seed});

const images = (): tf.Tensor => tf.randomNormal([4, 16, 16, 3], 0, 1, 'float32', 1);

const outputs = (model: LayersModel): number[] => [...(model.predict(images()) as tf.Tensor).dataSync()];
const weights = (model: LayersModel): number[][] => model.getWeights().map((weight) => [...weight.dataSync()]);

describe.each([convOperator, adderOperator])('with $name', (operator) => {
  it('gives logits', () => {
    const model = build(operator);
    expect(model.outputs[0].shape).toEqual([null, 3]);
    expect(outputs(model).every(Number.isFinite)).toBe(true);
  });

  it('has the same initial weights for the same seed, and others for another', () => {
    expect(weights(build(operator))).toEqual(weights(build(operator)));
    expect(weights(build(operator, 2))).not.toEqual(weights(build(operator)));
  });

  it('learns, and is the same after saving and loading', async () => {
    const model = build(operator);
    const loss = (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits);
    model.compile({optimizer: new SGD({learningRate: 0.05, momentum: 0.9}), loss});
    const x = images();
    const y = tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3);
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) losses.push(Number(await model.trainOnBatch(x, y)));
    expect(losses.at(-1)).toBeLessThan(losses[0]);
    const loaded = await fromModelArtifacts(await toModelArtifacts(model));
    expect(weights(loaded)).toEqual(weights(model));
    expect(outputs(loaded)).toEqual(outputs(model));
  });
});

it('has ordinary layers where it says so', () => {
  const perLayer = countOperations(build(adderOperator), [adderOperator, convOperator]).perLayer;
  const ordinary = perLayer.filter(({multiplications}) => multiplications > 0).map(({layer}) => layer);
  expect(ordinary).toEqual(['stem.conv', 'head.conv']);
  expect(perLayer.length).toBeGreaterThan(ordinary.length);
});
