// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';

const inputGradients = ['adder', 'adder-sign-input', 'adder-unclipped-input'];

/**
 * What AdderNet's gradients are worth: its ablation (CVPR 2020, section 4.5 and figure 3, LeNet-5-BN on MNIST) of the filters' gradient (full
 * precision or sign) and of what makes up for its smallness (the local learning rate, or a rate increased by a constant), and one of the
 * inputs' gradient (clipped difference, sign, plain difference), which the paper leaves at its argument.
 */
export default defineExperiment({
  name: 'gradients',
  description:
    'The adder’s surrogate gradients, with and without the local learning rate. ‘adder’ takes the difference for the filters and, clipped to ' +
    '[−1, 1], for the inputs; -sign-filter and -sign-input take its sign there, -unclipped-input leaves it as it is. local-rate scales the ' +
    'gradient of a layer’s k weights to the norm 0.2·√k, increased-rate multiplies it by 100 instead',
  plugins: ['./plugin.ts'],
  recipes: {
    /** The paper's adaptive learning rate (ALR), its increased learning rate (ILR), and neither: then filters hardly move. */
    'local-rate': {optimizer: {localLearningRate: 0.2, increasedLearningRate: 1}},
    'increased-rate': {optimizer: {localLearningRate: 0, increasedLearningRate: 100}},
    'plain-rate': {optimizer: {localLearningRate: 0, increasedLearningRate: 1}},
  },
  config: {
    datasets: ['mnist'],
    architectures: ['lenet5-bn'],
    operators: [...inputGradients, 'adder-sign-filter'],
    recipes: ['local-rate', 'increased-rate'],
    trainSamples: 10_000,
    testSamples: 'all',
    epochs: 3,
    // The plain difference at the inputs lets the increased rate go to infinity, which is what it is here to show.
    allowDivergence: true,
    batchSize: 64,
    schedule: {interval: 'step'},
  },
  onSlowBackend: {
    config: {trainSamples: 2000, testSamples: 1000, epochs: 2},
    note: 'Only a slow backend is there: 2,000 training and 1,000 test images, two epochs.',
  },
  variants: {
    /** The paper's four: both gradients of the filters, local learning rate against increased learning rate, by its recipe. */
    paper: {
      operators: ['adder', 'adder-sign-filter'],
      recipes: ['local-rate', 'increased-rate'],
      trainSamples: 'all',
      testSamples: 'all',
      epochs: 50,
      batchSize: 256,
      optimizer: {nesterov: true},
      schedule: {interval: 'epoch'},
    },
    /** The same question on images and in a network where it matters more; an hour on two cores. */
    cifar10: {
      datasets: ['cifar10'],
      architectures: ['resnet20'],
      trainSamples: 2000,
      testSamples: 2000,
      epochs: 3,
      batchSize: 16,
      augmentation: false,
    },
    /** Says that every part of the road works; its numbers mean nothing. */
    smoke: {trainSamples: 400, testSamples: 200, epochs: 1, batchSize: 50},
  },
});
