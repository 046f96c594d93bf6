// SPDX-License-Identifier: Apache-2.0
import {Bench} from 'tinybench';

/** Calls of each candidate before the clock counts, so that the engine has optimised it; fewer where one call is long. */
const WARM_UP_CALLS = 3;
const WARM_UP_MILLISECONDS = 300;

export interface RoundOptions {
  /** At most so many rounds. */
  readonly rounds: number;
  /** At least so many, whatever they take. Default 3. */
  readonly leastRounds?: number;
  /** No further round begins after so many milliseconds, on the clock of `cpuMilliseconds`. Default: no limit. */
  readonly budget?: number;
}

/**
 * Runs all candidates once in every round, so that they see the same noise of a shared machine; every other round runs backwards. A round is a run of
 * tinybench with one iteration, on the clock of `cpuMilliseconds`.
 *
 * @returns each candidate's times in milliseconds, by round: those of two candidates make interleaved pairs
 */
export function timeInRounds(candidates: readonly (() => void)[], options: RoundOptions): number[][] {
  const {rounds, leastRounds = 3, budget = Infinity} = options;
  for (const candidate of candidates) {
    let spent = 0;
    for (let call = 0; call < WARM_UP_CALLS && spent < WARM_UP_MILLISECONDS; call++) {
      const start = cpuMilliseconds();
      candidate();
      spent += cpuMilliseconds() - start;
    }
  }
  const times: number[][] = candidates.map(() => []);
  const forward = candidates.map((_, index) => index);
  const orders = [forward, forward.toReversed()].map((order) => ({order, bench: oneIteration(candidates, order)}));
  const start = cpuMilliseconds();
  for (let round = 0; round < rounds; round++) {
    if (round >= leastRounds && cpuMilliseconds() - start > budget) break;
    const {order, bench} = orders[round % 2];
    bench.reset();
    bench.runSync();
    for (const [at, index] of order.entries()) {
      const {result} = bench.tasks[at];
      if (!('latency' in result)) throw new Error(`the bench's candidate ${index} ended ${result.state}`);
      times[index].push(result.latency.mean);
    }
  }
  return times;
}

function oneIteration(candidates: readonly (() => void)[], order: readonly number[]): Bench {
  const bench = new Bench({
    iterations: 1,
    time: 0,
    warmup: false,
    throws: true,
    now: cpuMilliseconds,
  });
  for (const index of order) bench.add(String(index), candidates[index], {async: false});
  return bench;
}

/**
 * In Node the process's CPU time: for synchronous code on one thread the same as time on the clock, but on a shared machine without what others use. In
 * browsers time on the clock.
 */
export function cpuMilliseconds(): number {
  if (typeof process === 'undefined' || typeof process.cpuUsage !== 'function') return performance.now();
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

/** Linear interpolation between the two elements nearest to a share of them all. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

/** @returns NaN for no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The mean for ratios. @param values positive @returns NaN for no values */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** How two interleaved series of times compare: the median of time / base over the rounds, and its quartiles. */
export interface TimeRatio {
  readonly ratio: number;
  /** Lower and upper quartile. */
  readonly spread: readonly [number, number];
}

/** @param times milliseconds by round, as are those of `base`: the two of a round are compared with each other */
export function timeRatio(times: readonly number[], base: readonly number[]): TimeRatio {
  const ratios = times.map((time, round) => time / base[round]);
  return {ratio: median(ratios), spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)]};
}
