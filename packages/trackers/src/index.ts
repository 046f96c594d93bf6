// SPDX-License-Identifier: Apache-2.0
export {csvTracker} from './csv/csv-tracker.js';
export {jsonlTracker} from './jsonl/jsonl-tracker.js';
export {tensorboardTracker} from './tensorboard/tensorboard-tracker.js';
