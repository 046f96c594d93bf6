// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';

/** Write here what is asked, and which of the numbers answers it. */
export default defineExperiment({
  name: 'placeholder-name',
  description: 'The operators compared, trained by the same recipe',
  plugins: [],
  config: {
    datasets: ['mnist'],
    architectures: ['lenet5-bn'],
    operators: ['conv', 'adder'],
    trainSamples: 5000,
    testSamples: 2000,
    epochs: 3,
    batchSize: 64,
    // The learning rate falls at every step: in a short run batch norm lags behind the weights otherwise.
    schedule: {interval: 'step'},
  },
  variants: {
    /** Says that every part of the road works; its numbers mean nothing. */
    smoke: {trainSamples: 60, testSamples: 30, epochs: 1, batchSize: 20},
  },
});
