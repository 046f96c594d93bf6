// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {expect, it} from 'vitest';
import {NonFiniteLossError, trainModel} from '../src/index.js';
import {fakeDataset} from './fixtures.js';

/** Infinite beyond 1e4, so that one image in training can upset it. */
class Exploding extends tfl.layers.Layer {
  static readonly className = 'Exploding';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (x === undefined) throw new Error('no input');
    return tf.exp(tf.mul(tf.abs(x), 1e4));
  }
}

/** Two branches, so that the layers are no plain sequence. */
function branched(exploding: boolean): tfl.LayersModel {
  const input = tfl.input({shape: [4, 4, 3]});
  const conv = tfl.layers.conv2d({name: 'conv', filters: 4, kernelSize: 3, padding: 'same'});
  const left = conv.apply(input);
  const middle = (exploding ? new Exploding({name: 'middle'}) : tfl.layers.reLU({name: 'middle'})).apply(left);
  const both = tfl.layers.add({name: 'both'}).apply([left, middle].map((value) => symbolic(value)));
  const flat = tfl.layers.flatten({name: 'flat'}).apply(both);
  return tfl.model({inputs: input, outputs: symbolic(tfl.layers.dense({name: 'head', units: 6}).apply(flat))});
}

function symbolic(value: unknown): tfl.SymbolicTensor {
  if (value instanceof tfl.SymbolicTensor) return value;
  throw new Error('expected a symbolic tensor');
}

async function failure(model: tfl.LayersModel): Promise<NonFiniteLossError> {
  const {splits} = fakeDataset();
  const config = {
    epochs: 1,
    batchSize: 16,
    evaluationBatchSize: 16,
    augmentation: false,
    optimizer: {
      learningRate: 0.01,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      localLearningRate: 0,
      increasedLearningRate: 1,
    },
    schedule: {
      kind: 'constant',
      interval: 'epoch',
      length: 'epochs',
      firstEpoch: 0,
      final: 0,
      milestones: [],
      gamma: 0.1,
      warmUpEpochs: 0,
    },
  } as const;
  try {
    await trainModel({model, train: splits.train, test: splits.test, config, seed: 0});
  } catch (error) {
    if (error instanceof NonFiniteLossError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

it('names the layer whose output is the first that is not finite', async () => {
  const before = tf.memory().numTensors;
  const model = branched(true);
  const error = await failure(model);
  expect(error.origin).toBe('output of layer middle');
  expect(error.message).toContain('epoch 1, step 1 (first not finite: output of layer middle)');
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('names a weight that is not finite', async () => {
  const model = branched(false);
  const kernel = model.getLayer('head').getWeights()[0];
  if (kernel === undefined) throw new Error('no kernel');
  const bias = tf.tensor1d([0, 0, NaN, 0, 0, 0]);
  model.getLayer('head').setWeights([kernel, bias]);
  expect((await failure(model)).origin).toBe('weight head/bias');
});
