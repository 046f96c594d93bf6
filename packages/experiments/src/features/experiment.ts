// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';

/**
 * What networks of convolutions and of adders make of MNIST's digits before they tell them apart, in two numbers for each image (AdderNet, CVPR
 * 2020, figure 1): features of convolutions spread by angle, those of adders gather around the filters of the last layer.
 */
export default defineExperiment({
  name: 'features',
  description: 'The two features that LeNet++ has of each digit, with convolutions and with adders',
  plugins: ['./plugin.ts'],
  config: {
    datasets: ['mnist'],
    architectures: ['lenet++-narrow'],
    operators: ['conv', 'adder'],
    trainSamples: 10_000,
    testSamples: 'all',
    epochs: 6,
    batchSize: 64,
    schedule: {interval: 'step'},
    featureImages: 2000,
  },
  onSlowBackend: {
    config: {trainSamples: 2000, testSamples: 1000, epochs: 2, featureImages: 1000},
    note: 'Only a slow backend is there: 2,000 training and 1,000 test images, two epochs.',
  },
  variants: {
    /** The whole network on all images, by the paper's recipe for MNIST. A day on two cores. */
    paper: {
      recipes: ['addernet-mnist'],
      architectures: ['lenet++'],
      trainSamples: 'all',
      testSamples: 'all',
      featureImages: 5000,
    },
    /** Says that every part of the road works; its numbers mean nothing. */
    smoke: {trainSamples: 400, testSamples: 200, epochs: 1, batchSize: 50, featureImages: 200},
  },
});
