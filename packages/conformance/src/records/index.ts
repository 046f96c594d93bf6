// SPDX-License-Identifier: Apache-2.0
import type {OpRecord} from '../op-record.js';
import {adderConv2dRecord} from './adder-conv2d.js';
import {batchNormInferenceRecord} from './batch-norm-inference.js';
import {batchNormTrainingRecord} from './batch-norm-training.js';
import {fusedAdderConv2dRecord} from './fused-adder-conv2d.js';
import {fusedGroupedConv2dRecord} from './fused-grouped-conv2d.js';
import {groupedConv2dRecord} from './grouped-conv2d.js';

/** One record per op; together they name every kernel of @addernet/core. */
export const opRecords: readonly OpRecord[] = [
  adderConv2dRecord,
  groupedConv2dRecord,
  fusedAdderConv2dRecord,
  fusedGroupedConv2dRecord,
  batchNormTrainingRecord,
  batchNormInferenceRecord,
];
