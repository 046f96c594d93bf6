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
    epochs: 4,
    batchSize: 16,
    // Falling to 0 within the few steps there are: the adder's running statistics lag behind while the rate is high.
    schedule: {interval: 'step'},
  },
});
