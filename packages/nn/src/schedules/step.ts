// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {checkNumber, type Schedule} from './schedule.js';

export interface StepScheduleOptions {
  readonly initial: number;
  /** Epochs at which the rate is multiplied by gamma; ascending. */
  readonly milestones: readonly number[];
  readonly gamma: number;
}

/** initial · gamma^(number of milestones reached). A milestone is reached when its epoch begins. */
export function stepSchedule({initial, milestones, gamma}: StepScheduleOptions): Schedule {
  checkNumber('stepSchedule', 'initial', initial, 0);
  checkNumber('stepSchedule', 'gamma', gamma, 0);
  const own = [...milestones];
  own.forEach((milestone, i) => {
    checkNumber('stepSchedule', 'a milestone', milestone, 0);
    if (milestone <= (own[i - 1] ?? -1)) {
      throw new ArgumentError(`stepSchedule: milestones are ${own.join(', ')}; expected them in ascending order`);
    }
  });
  return (epoch) => initial * gamma ** own.filter((milestone) => milestone <= epoch).length;
}
