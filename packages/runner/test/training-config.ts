// SPDX-License-Identifier: Apache-2.0
import {DEFAULT_CONFIG} from '../src/config/schema.js';

/** A short training: two epochs of a cosine. */
export const config = {
  ...DEFAULT_CONFIG,
  epochs: 2,
  batchSize: 16,
  evaluationBatchSize: 10,
  optimizer: {...DEFAULT_CONFIG.optimizer, learningRate: 0.05},
};
