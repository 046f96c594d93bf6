// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it, vi} from 'vitest';
import {geometricMean, median, quantile, timeAwaitedInRounds, timeInRounds, timeRatio} from '../src/bench/index.js';
import {useThrowAwayBackends} from './support/throw-away-backend.js';

useThrowAwayBackends();

describe('rounds', () => {
  it('run every candidate once each, every other round backwards', () => {
    const calls: string[] = [];
    const candidates = ['a', 'b', 'c'].map((name) => () => void calls.push(name));
    const times = timeInRounds(candidates, {rounds: 4});
    const warmUp = 9;
    expect(calls.slice(warmUp).join('')).toBe('abccbaabccba');
    expect(times.map((series) => series.length)).toEqual([4, 4, 4]);
  });

  it('pair the times of the same round, also where the order is reversed', () => {
    const busy = (milliseconds: number) => () => {
      const {user, system} = process.cpuUsage();
      for (;;) {
        const now = process.cpuUsage();
        if (now.user + now.system - user - system >= 1000 * milliseconds) return;
      }
    };
    const [short, long] = timeInRounds([busy(2), busy(8)], {rounds: 4});
    for (const [round, time] of short.entries()) expect(time).toBeLessThan(long[round]);
    expect(timeRatio(short, long).ratio).toBeGreaterThan(0.1);
    expect(timeRatio(short, long).ratio).toBeLessThan(0.6);
  });

  it('stop when the budget is spent, but not before the least number of rounds', () => {
    const [times] = timeInRounds([() => undefined], {rounds: 100, leastRounds: 5, budget: 0});
    expect(times).toHaveLength(5);
  });

  it('pass a failure on', () => {
    let calls = 0;
    const failing = () => {
      if (++calls > 3) throw new Error('out of memory');
    };
    expect(() => timeInRounds([failing], {rounds: 3})).toThrow('out of memory');
  });
});

describe('awaited rounds', () => {
  it('count the work that a call leaves behind, in as many calls as the clock needs', async () => {
    // Once without measuring: the first additions of a process take as long as this test's work.
    await timeAwaitedInRounds([() => undefined], {rounds: 1});
    /** Each call leaves 5 ms of work, which is done when a tensor is read, unless that is one of those that GPUs' backends leave to the processor. */
    let queued = 0;
    const read = tf.backend().read.bind(tf.backend());
    vi.spyOn(tf.backend(), 'read').mockImplementation(async (dataId) => {
      const values = await read(dataId);
      if (values.length < 1000) return values;
      const milliseconds = 5 * queued;
      queued = 0;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return values;
    });
    const calls = [0, 0];
    const [idle, queueing] = await timeAwaitedInRounds(
      [
        () => void calls[0]++,
        () => {
          calls[1]++;
          queued++;
        },
      ],
      {rounds: 3, leastMilliseconds: 20},
    );
    expect(idle).toHaveLength(3);
    for (const time of queueing) expect(time).toBeGreaterThan(4);
    expect(median(idle)).toBeLessThan(4);
    expect(calls[1]).toBeGreaterThanOrEqual(3 + 3 * 4);
    expect(calls[0]).toBeGreaterThan(calls[1]);
  });

  it('take turns, every other round backwards, and stop when the budget is spent', async () => {
    const samples: string[] = [];
    const candidates = [() => undefined, () => undefined];
    const [times] = await timeAwaitedInRounds(candidates, {
      ...{rounds: 100, leastRounds: 4, budget: 0, leastMilliseconds: 0.1},
      onSample: (candidate, round) => samples.push(`${round}:${candidate}`),
    });
    expect(times).toHaveLength(4);
    expect(samples.join(' ')).toBe('warm-up:0 warm-up:1 0:0 0:1 1:1 1:0 2:0 2:1 3:1 3:0');
  });
});

describe('statistics', () => {
  it('of time ratios', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(geometricMean([0.5, 2, 8])).toBeCloseTo(2, 12);
    expect(timeRatio([1, 2, 9], [2, 2, 3])).toEqual({ratio: 1, spread: [0.75, 2]});
  });
});
