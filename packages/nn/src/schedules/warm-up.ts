// SPDX-License-Identifier: Apache-2.0
import {checkNumber, type Schedule} from './schedule.js';

export interface WarmUpOptions {
  /** Length of the warm-up. */
  readonly epochs: number;
  /** Learning rate at epoch 0. */
  readonly from: number;
}

/** Linear from `from` to the schedule's value at the end of the warm-up, then the schedule itself (Goyal et al., arXiv 1706.02677, §2.2). */
export function warmUp(schedule: Schedule, {epochs, from}: WarmUpOptions): Schedule {
  checkNumber('warmUp', 'epochs', epochs, 0);
  checkNumber('warmUp', 'from', from, 0);
  const to = schedule(epochs);
  return (epoch) => (epoch >= epochs ? schedule(epoch) : from + ((to - from) * Math.max(epoch, 0)) / epochs);
}
