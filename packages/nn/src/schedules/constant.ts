// SPDX-License-Identifier: Apache-2.0
import {checkNumber, type Schedule} from './schedule.js';

/** The same learning rate throughout. @throws ArgumentError unless it is finite and at least 0. */
export function constantSchedule(learningRate: number): Schedule {
  checkNumber('constantSchedule', 'learningRate', learningRate, 0);
  return () => learningRate;
}
