// SPDX-License-Identifier: Apache-2.0
import {checkNumber, type Schedule} from './schedule.js';

export interface CosineScheduleOptions {
  readonly initial: number;
  /** Length of the half period. */
  readonly epochs: number;
  /** Default 0. */
  readonly final?: number;
}

/**
 * final + (initial − final)·½·(1 + cos πe/E), and `final` from epoch E on (Loshchilov & Hutter, arXiv 1608.03983, eq. 5, without restarts). The
 * AdderNet authors train with initial 0.1 over 400 epochs.
 */
export function cosineSchedule({initial, epochs, final = 0}: CosineScheduleOptions): Schedule {
  checkNumber('cosineSchedule', 'initial', initial, 0);
  checkNumber('cosineSchedule', 'epochs', epochs, Number.MIN_VALUE);
  checkNumber('cosineSchedule', 'final', final, 0);
  return (epoch) => {
    const progress = Math.min(Math.max(epoch / epochs, 0), 1);
    return progress === 1 ? final : final + (initial - final) * 0.5 * (1 + Math.cos(Math.PI * progress));
  };
}
