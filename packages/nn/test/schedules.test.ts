// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {constantSchedule, cosineSchedule, dense, scheduleCallback, SGD, stepSchedule, warmUp} from '../src/index.js';
import {chain, expectClose, useCpu} from './helpers.js';

beforeAll(useCpu);

describe('schedules', () => {
  it('cosine: from the initial rate to the final one, half of it half way', () => {
    const schedule = cosineSchedule({initial: 0.1, epochs: 400});
    expectClose(
      [0, 100, 200, 300, 400, 500].map(schedule),
      [0.1, 0.05 * (1 + Math.SQRT1_2), 0.05, 0.05 * (1 - Math.SQRT1_2), 0, 0],
      {
        absolute: 1e-15,
        relative: 1e-12,
      },
    );
    const floor = cosineSchedule({initial: 1, epochs: 2, final: 0.5});
    expectClose([0, 1, 2, 3].map(floor), [1, 0.75, 0.5, 0.5], {absolute: 1e-15, relative: 1e-12});
  });

  it('step: times gamma at each milestone', () => {
    const schedule = stepSchedule({initial: 1, milestones: [2, 5], gamma: 0.5});
    expect([0, 1.99, 2, 4.5, 5, 100].map(schedule)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it('constant', () => {
    expect([0, 3.5, 1e6].map(constantSchedule(0.3))).toEqual([0.3, 0.3, 0.3]);
  });

  it('warm-up: linear to the schedule, then the schedule', () => {
    const schedule = warmUp(stepSchedule({initial: 1, milestones: [6], gamma: 0.1}), {epochs: 4, from: 0.2});
    expectClose([0, 1, 2, 4, 5, 6].map(schedule), [0.2, 0.4, 0.6, 1, 1, 0.1], {absolute: 1e-12, relative: 1e-12});
    expect(warmUp(constantSchedule(0.3), {epochs: 0, from: 0})(0)).toBe(0.3);
  });

  it('refuses what makes no sense', () => {
    expect(() => cosineSchedule({initial: 0.1, epochs: 0})).toThrow(/cosineSchedule: epochs is 0/);
    expect(() => stepSchedule({initial: 1, milestones: [5, 2], gamma: 0.5})).toThrow(/ascending/);
    expect(() => constantSchedule(NaN)).toThrow(/learningRate is NaN/);
    expect(() => warmUp(constantSchedule(1), {epochs: 1, from: -1})).toThrow(/from is -1/);
  });

  it('drive fit, by epoch or by batch', async () => {
    const model = chain([1], [dense({units: 1})]);
    const optimizer = new SGD({learningRate: 9});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const x = tf.zeros([4, 1]);
    const rates = async (batchesPerEpoch?: number): Promise<number[]> => {
      const seen: number[] = [];
      const schedule = scheduleCallback(
        (epoch) => 1 + epoch,
        optimizer,
        batchesPerEpoch === undefined ? {} : {batchesPerEpoch},
      );
      const record = {onBatchEnd: () => void seen.push(optimizer.learningRate)};
      await model.fit(x, x, {epochs: 3, batchSize: 2, shuffle: false, verbose: 0, callbacks: [schedule, record]});
      return seen;
    };
    expect(await rates()).toEqual([1, 1, 2, 2, 3, 3]);
    expect(await rates(2)).toEqual([1, 1.5, 2, 2.5, 3, 3.5]);
  });
});
