// SPDX-License-Identifier: Apache-2.0
import type {CustomCallbackArgs} from '@tensorflow/tfjs-layers';
import {checkNumber, type Schedule} from './schedule.js';

export interface ScheduleCallbackOptions {
  /** Given: the rate follows the schedule within an epoch too, from batch to batch. Absent: it changes at the start of an epoch only. */
  readonly batchesPerEpoch?: number;
}

/**
 * A callback for `model.fit` that sets the optimizer's learning rate. With `initialEpoch`, fit's epochs, and so the schedule's, go on from there.
 *
 * @example await model.fit(x, y, {epochs: 10, callbacks: scheduleCallback(cosineSchedule({initial: 0.1, epochs: 10}), optimizer)});
 */
export function scheduleCallback(
  schedule: Schedule,
  optimizer: {learningRate: number},
  {batchesPerEpoch}: ScheduleCallbackOptions = {},
): CustomCallbackArgs {
  if (batchesPerEpoch === undefined) {
    return {
      onEpochBegin: (epoch) => {
        optimizer.learningRate = schedule(epoch);
      },
    };
  }
  checkNumber('scheduleCallback', 'batchesPerEpoch', batchesPerEpoch, 1);
  let current = 0;
  return {
    onEpochBegin: (epoch) => {
      current = epoch;
    },
    onBatchBegin: (batch) => {
      optimizer.learningRate = schedule(current + batch / batchesPerEpoch);
    },
  };
}
