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
    /** The paper's recipe: 50 epochs of 60,000 images. */
    paper: {recipes: ['addernet-mnist'], trainSamples: 'all', testSamples: 'all'},
    /** Says that every part of the road works; its numbers mean nothing. */
    smoke: {trainSamples: 400, testSamples: 200, epochs: 1, batchSize: 50},
  },
});
