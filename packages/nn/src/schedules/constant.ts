// SPDX-License-Identifier: Apache-2.0
import {checkNumber, type Schedule} from './schedule.js';

export function constantSchedule(learningRate: number): Schedule {
  checkNumber('constantSchedule', 'learningRate', learningRate, 0);
  return () => learningRate;
}
