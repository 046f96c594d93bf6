// SPDX-License-Identifier: Apache-2.0
import type {ExperimentDefinition} from '@addernet/runner';

/** What the CIFAR experiments have in common: resnet20, and recipes for a quick look, for slow backends, for the paper and for smoke. */
export function cifarRecipes(dataset: string): Pick<ExperimentDefinition, 'config' | 'onSlowBackend' | 'variants'> {
  return {
    config: {
      datasets: [dataset],
      architectures: ['resnet20'],
      trainSamples: 10_000,
      testSamples: 'all',
      epochs: 2,
      // A thousandth of the paper's training: many small batches, smaller steps of the adder filters (the paper's η is 0.2), no augmentation,
      // and a learning rate that falls at every step, as batch norm's running statistics lag behind the weights otherwise.
      batchSize: 16,
      optimizer: {localLearningRate: 0.05},
      schedule: {interval: 'step'},
      augmentation: false,
    },
    onSlowBackend: {
      config: {architectures: ['tiny'], trainSamples: 10_000, testSamples: 2000, epochs: 3},
      note: 'Only a slow backend is there: the architecture is tiny instead of resnet20, on 10,000 training and 2,000 test images.',
    },
    variants: {
      /** The authors' recipe in full: 399 epochs of 50,000 images. Days on a CPU. */
      paper: {recipes: ['addernet-cifar'], architectures: ['resnet20'], trainSamples: 'all', testSamples: 'all'},
      /** Says that every part of the road works; its numbers mean nothing. */
      smoke: {architectures: ['tiny'], trainSamples: 400, testSamples: 200, epochs: 1, batchSize: 50},
    },
  };
}
