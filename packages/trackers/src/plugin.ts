// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {csvTracker} from './csv/csv-tracker.js';
import {jsonlTracker} from './jsonl/jsonl-tracker.js';
import {tensorboardTracker} from './tensorboard/tensorboard-tracker.js';

/** Binds the trackers 'tensorboard', 'jsonl' and 'csv'. */
export const trackersModule = new ContainerModule(({bind}) => {
  bind(tokens.tracker).toConstantValue(tensorboardTracker);
  bind(tokens.tracker).toConstantValue(jsonlTracker);
  bind(tokens.tracker).toConstantValue(csvTracker);
});

export default trackersModule;
