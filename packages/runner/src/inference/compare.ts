// SPDX-License-Identifier: Apache-2.0
import type {CallTimes, RelativeTime} from '@addernet/plugin';
import {sampleOf, warmUp, type Sample, type Work} from '../machine/timing.js';
import {pause, secondsSince} from '../training/pause.js';

/** Rounds that a comparison has, however long they take. */
const LEAST_ROUNDS = 3;

export interface CompareOptions {
  readonly rounds: number;
  readonly sampleSeconds: number;
  /** No further round after this, but three at least. */
  readonly comparisonSeconds: number;
  readonly signal?: AbortSignal;
}

/** Samples of each piece of work, by round. */
export type Rounds = readonly (readonly Sample[])[];

/**
 * Warms all pieces of work up and then samples each once in every round, so that what else the machine does meets all of them; every other round
 * runs backwards.
 *
 * @returns samples by piece of work, then by round
 * @throws InterruptedError between two samples
 */
export async function sampleInRounds(works: readonly Work[], options: CompareOptions): Promise<Rounds> {
  const {rounds, sampleSeconds, comparisonSeconds, signal} = options;
  const calls: number[] = [];
  for (const work of works) {
    await pause(signal);
    calls.push(await warmUp(work, sampleSeconds));
  }
  const samples: Sample[][] = works.map(() => []);
  const order = works.map((work, index) => ({work, index}));
  const start = secondsSince(0);
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && secondsSince(start) > comparisonSeconds) break;
    for (const {work, index} of order) {
      await pause(signal);
      samples[index]?.push(await sampleOf(work, calls[index] ?? 1));
    }
    order.reverse();
  }
  return samples;
}

/** The quantile at a fraction, interpolated between neighbours. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = fraction * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN];
  return low + (high - low) * (position - Math.floor(position));
}

export function callTimes(samples: readonly Sample[]): CallTimes {
  const seconds = samples.map((sample) => sample.seconds);
  return {
    median: quantile(seconds, 0.5),
    lower: quantile(seconds, 0.25),
    upper: quantile(seconds, 0.75),
    fastest: Math.min(...seconds),
    cpuMedian: quantile(
      samples.map(({cpuSeconds}) => cpuSeconds),
      0.5,
    ),
    samples: samples.length,
    callsPerSample: samples[0]?.calls ?? 0,
  };
}

/** Each sample over the baseline's of the same round. */
export function relativeTime(samples: readonly Sample[], baseline: readonly Sample[]): RelativeTime {
  const ratios = samples.map(({seconds}, round) => seconds / (baseline[round]?.seconds ?? NaN));
  const cpuRatios = samples.map(({cpuSeconds}, round) => cpuSeconds / (baseline[round]?.cpuSeconds ?? NaN));
  return {
    median: quantile(ratios, 0.5),
    lower: quantile(ratios, 0.25),
    upper: quantile(ratios, 0.75),
    cpuMedian: quantile(cpuRatios, 0.5),
  };
}
