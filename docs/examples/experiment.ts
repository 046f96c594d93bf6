// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';

/** Everything but conv and adder comes from plugin.ts. `addernet run experiment.ts`: half a minute on one core. */
export default defineExperiment({
  name: 'two-moons',
  description: 'Convolution, adder and weight-standardised convolution on two moons',
  plugins: ['./plugin.ts'],
  config: {
    datasets: ['two-moons'],
    architectures: ['all-conv-mini'],
    operators: ['conv', 'adder', 'ws-conv'],
    epochs: 3,
    batchSize: 40,
  },
});
