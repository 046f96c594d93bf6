// SPDX-License-Identifier: Apache-2.0
import {constantSchedule, cosineSchedule, stepSchedule, warmUp, type Schedule} from '@addernet/nn';
import type {ExperimentConfig} from '../config/schema.js';

/**
 * The learning rate over (fractional) epochs of training, 0 = before the first. A warm-up of w epochs begins at 1/(w + 1) of the initial rate, so that with
 * one rate per epoch the first w epochs have 1/(w + 1), 2/(w + 1), … of it, and none is spent at zero.
 */
export function learningRateSchedule({
  epochs,
  optimizer: {learningRate: initial},
  schedule: {kind, length, firstEpoch, final, milestones, gamma, warmUpEpochs},
}: Pick<ExperimentConfig, 'epochs' | 'optimizer' | 'schedule'>): Schedule {
  const schedules = {
    cosine: () => cosineSchedule({initial, epochs: length === 'epochs' ? epochs : length, final}),
    step: () => stepSchedule({initial, milestones, gamma}),
    constant: () => constantSchedule(initial),
  } satisfies Record<typeof kind, () => Schedule>;
  const whole = schedules[kind]();
  const schedule: Schedule = (epoch) => whole(epoch + firstEpoch);
  return warmUpEpochs > 0 ? warmUp(schedule, {epochs: warmUpEpochs, from: initial / (warmUpEpochs + 1)}) : schedule;
}
