// SPDX-License-Identifier: Apache-2.0
import {fuseForInference, SGD} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';

const CLASSES = 100;
export const OPERATORS = ['adder', 'conv'] as const;

/** Networks of the zoo, the images that they see here, and how many of them a step gets. */
export const NETWORKS = {
  resnet20: {inputShape: [32, 32, 3], batch: 128},
  'vgg-small': {inputShape: [32, 32, 3], batch: 8},
  'mobilenet-v2': {inputShape: [32, 32, 3], batch: 32},
  'lenet5-bn': {inputShape: [28, 28, 1], batch: 128},
} as const satisfies Record<string, {inputShape: readonly number[]; batch: number}>;
export type NetworkName = keyof typeof NETWORKS;

/** A network, with what a bench or a test does to it. */
export interface Network {
  readonly model: NetworkName;
  readonly operator: string;
  readonly batch: number;
  /** A step of SGD on always the same images. */
  readonly step: () => void;
  readonly inference: () => void;
  /** The inference of its inference form, and what frees that. */
  fuse(): Promise<{readonly inference: () => void; readonly dispose: () => void}>;
  dispose(): void;
}

export function makeNetwork(name: NetworkName, operator: string, batch: number): Network {
  const {inputShape} = NETWORKS[name];
  const images = tf.randomNormal([batch, ...inputShape], 0, 1, 'float32', 1);
  const labels = tf.tidy(() =>
    tf.oneHot(
      tf.tensor1d(
        Array.from({length: batch}, (_, index) => index % CLASSES),
        'int32',
      ),
      CLASSES,
    ),
  );
  const model = createModel(name, {operator, numClasses: CLASSES, inputShape, seed: 0});
  const optimizer = new SGD({learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4});
  return {
    model: name,
    operator,
    batch,
    step() {
      tf.tidy(() => {
        const {value, grads} = tf.variableGrads(() =>
          tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
            labels,
            singleTensor(model.apply(images, {training: true})),
          ),
        );
        optimizer.applyGradients(grads);
        value.dataSync();
      });
    },
    inference: () => infer(model, images),
    async fuse() {
      const {model: fused} = await fuseForInference(model);
      return {inference: () => infer(fused, images), dispose: () => void fused.dispose()};
    },
    dispose() {
      optimizer.dispose();
      model.dispose();
      tf.dispose([images, labels]);
    },
  };
}

function infer(model: LayersModel, images: tf.Tensor): void {
  tf.tidy(() => void singleTensor(model.predict(images, {batchSize: images.shape[0]})).dataSync());
}

function singleTensor(output: unknown): tf.Tensor {
  if (output instanceof tf.Tensor) return output;
  throw new TypeError('the model gave several tensors; expected one');
}
