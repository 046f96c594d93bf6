// SPDX-License-Identifier: Apache-2.0

/** Calls of each candidate before the clock counts, so that V8 has optimised it; fewer where one call is long. */
const WARM_UP_CALLS = 3;
const WARM_UP_MILLISECONDS = 300;

/**
 * Runs all candidates once in every round, so that they see the same noise of a shared machine; every other round runs backwards. Answers
 * each candidate's CPU times in milliseconds, by round: those of two candidates make interleaved pairs.
 */
export function timeInRounds(candidates: readonly (() => void)[], rounds: number): number[][] {
  for (const candidate of candidates) {
    let spent = 0;
    for (let call = 0; call < WARM_UP_CALLS && spent < WARM_UP_MILLISECONDS; call++) spent += milliseconds(candidate);
  }
  const times: number[][] = candidates.map(() => []);
  const order = candidates.map((_, index) => index);
  for (let round = 0; round < rounds; round++) {
    for (const index of order) times[index].push(milliseconds(candidates[index]));
    order.reverse();
  }
  return times;
}

/** Median over the rounds of base / times: how many times as fast. */
export function speedUp(times: readonly number[], base: readonly number[]): number {
  return median(times.map((time, round) => base[round] / time));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** CPU time, not time on the clock: it is the same for synchronous code, but on a shared machine it leaves out what others use. */
function milliseconds(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const {user, system} = process.cpuUsage(start);
  return (user + system) / 1000;
}
