// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {serialization} from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {accuracyLog} from './accuracy-log.js';
import {allConvMini} from './all-conv-mini.js';
import {latexTable} from './latex-table.js';
import {plainCpu} from './plain-cpu.js';
import {shortWarmUp} from './short-warm-up.js';
import {slurmLauncher} from './slurm-launcher.js';
import {twoMoons} from './two-moons.js';
import {weightStandardizedConv, WeightStandardizedConv2D, WeightStandardizedDense} from './weight-standardized-conv.js';

/** What `addernet` finds under these names. A token may be bound any number of times. */
export default new ContainerModule(({bind}) => {
  // So that tf.loadLayersModel can read saved models with these layers.
  serialization.registerClass(WeightStandardizedConv2D);
  serialization.registerClass(WeightStandardizedDense);
  bind(tokens.operator).toConstantValue(weightStandardizedConv);
  bind(tokens.architecture).toConstantValue(allConvMini);
  bind(tokens.dataset).toConstantValue(twoMoons);
  bind(tokens.recipe).toConstantValue(shortWarmUp);
  bind(tokens.backend).toConstantValue(plainCpu);
  bind(tokens.reporter).toConstantValue(latexTable);
  bind(tokens.launcher).toConstantValue(slurmLauncher);
  bind(tokens.tracker).toConstantValue(accuracyLog);
});
