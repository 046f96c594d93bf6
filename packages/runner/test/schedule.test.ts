// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {learningRateSchedule} from '../src/training/schedule.js';
import {config} from './training-config.js';

describe('learning rates', () => {
  const rate = (epoch: number, schedule: Partial<typeof config.schedule> | object, epochs = 400): number =>
    learningRateSchedule({
      epochs,
      optimizer: {...config.optimizer, learningRate: 0.1},
      schedule: {...config.schedule, ...schedule},
    })(epoch);

  it("follows the authors' cosine", () => {
    for (const epoch of [0, 1, 100, 200, 399]) {
      expect(rate(epoch, {})).toBeCloseTo(0.05 * (1 + Math.cos((epoch / 400) * Math.PI)), 12);
    }
    expect(rate(400, {final: 0.01})).toBeCloseTo(0.01, 12);
    // As in their code, where the first of 399 epochs is number 1 of 400.
    const code = (epoch: number) => rate(epoch, {length: 400, firstEpoch: 1}, 399);
    expect(code(0)).toBeCloseTo(0.05 * (1 + Math.cos(Math.PI / 400)), 12);
    expect(code(398)).toBeCloseTo(0.05 * (1 + Math.cos((399 * Math.PI) / 400)), 12);
    expect(code(398)).toBeGreaterThan(0);
  });

  it('steps, stays constant, and warms up from above zero', () => {
    const steps = {kind: 'step', milestones: [100, 150], gamma: 0.1} as const;
    expect([99, 100, 149, 150].map((epoch) => rate(epoch, steps))).toEqual(
      [0.1, 0.01, 0.01, 0.001].map((value) => expect.closeTo(value, 12)),
    );
    expect([0, 399].map((epoch) => rate(epoch, {kind: 'constant'}))).toEqual([0.1, 0.1]);
    const warm = {kind: 'constant', warmUpEpochs: 4} as const;
    expect([0, 1, 2, 3, 4, 5].map((epoch) => rate(epoch, warm))).toEqual(
      [0.02, 0.04, 0.06, 0.08, 0.1, 0.1].map((value) => expect.closeTo(value, 12)),
    );
  });
});
