// SPDX-License-Identifier: Apache-2.0
import {cifar10, splitFromFiles} from '@addernet/datasets';
import {fuseForInference} from '@addernet/nn';
import type {Normalization} from '@addernet/plugin';
import {createModel} from '@addernet/zoo';
import {loadPytorchWeights} from '@addernet/zoo/pytorch';
import * as tf from '@tensorflow/tfjs-core';
import {startBackend, type StartRequest} from './backends.js';
import {definePage, step} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';

export interface WeightsRequest {
  /** Beside the page. */
  readonly weights: string;
  readonly architecture: string;
  readonly operator: 'adder' | 'conv';
  /** Default: CIFAR-10's. */
  readonly normalization?: Normalization;
  readonly images: number;
}

/** Of CIFAR-10's first test images. */
export interface WeightsReport {
  /** How many are right. */
  readonly correct: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
}

async function bytesOf(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`./${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const functions = {
  async start(request: StartRequest): Promise<Environment> {
    const {name} = await startBackend(request);
    return describeEnvironment(name);
  },

  /** As trained, and in the form for inference. */
  async evaluate(request: WeightsRequest): Promise<{readonly plain: WeightsReport; readonly fused: WeightsReport}> {
    const {architecture, operator, normalization = cifar10.normalization, images} = request;
    const {imageShape, numClasses, ...split} = await splitFromFiles(cifar10, 'test', [
      {name: 'test_batch.bin', bytes: await bytesOf('test_batch.bin')},
    ]);
    const [batch] = split.batches({batchSize: images, normalization});
    if (batch === undefined) throw new Error('there are no images');
    const model = createModel(architecture, {operator, numClasses, inputShape: [...imageShape], seed: 1});
    loadPytorchWeights(model, await bytesOf(request.weights));
    const x = tf.tensor4d(batch.images, [batch.size, ...imageShape]);
    const labels = tf.tensor1d(batch.labels, 'int32');
    const report = async (predict: () => tf.Tensor | tf.Tensor[]): Promise<WeightsReport> => {
      const [correct, loss] = tf.tidy(() => {
        const logits = predict() as tf.Tensor2D;
        return [
          tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32')),
          tf.losses.softmaxCrossEntropy(tf.cast(tf.oneHot(labels, numClasses), 'float32'), logits),
        ];
      });
      const values = [await correct.data(), await loss.data()];
      tf.dispose([correct, loss]);
      return {correct: values[0][0], loss: values[1][0]};
    };
    step(`${architecture}, as trained`);
    const plain = await report(() => model.predict(x));
    step(`${architecture}, fused`);
    const fusion = await fuseForInference(model);
    const fused = await report(() => fusion.model.predict(x));
    fusion.model.dispose();
    model.dispose();
    tf.dispose([x, labels]);
    return {plain, fused};
  },
};

export type WeightsPage = typeof functions;
definePage(functions);
