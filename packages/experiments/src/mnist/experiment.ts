// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';

/** MNIST: adder against convolution in LeNet-5-BN (AdderNet, CVPR 2020, §4.1). */
export default defineExperiment({
  name: 'mnist',
  description: 'Adder against convolution in LeNet-5 with batch normalisation, trained by the same recipe',
  config: {
    datasets: ['mnist'],
    architectures: ['lenet5-bn'],
    trainSamples: 10_000,
    testSamples: 'all',
    epochs: 3,
    batchSize: 64,
    // The learning rate falls at every step: in a short run batch norm lags behind the weights otherwise.
    schedule: {interval: 'step'},
  },
  onSlowBackend: {
    config: {trainSamples: 5000, testSamples: 2000, epochs: 3, batchSize: 64},
    note: 'Only a slow backend is there: 5,000 training and 2,000 test images.',
  },
  variants: {
    /** The paper's recipe: 50 epochs, batch 256, SGD 0.1 with cosine decay, momentum 0.9, weight decay 5e-4. */
    paper: {
      trainSamples: 'all',
      testSamples: 'all',
      epochs: 50,
      batchSize: 256,
      optimizer: {learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, localLearningRate: 0.2},
      schedule: {kind: 'cosine', interval: 'epoch', final: 0},
    },
    /** Says that every part of the road works; its numbers mean nothing. */
    smoke: {trainSamples: 400, testSamples: 200, epochs: 1, batchSize: 50},
  },
});
