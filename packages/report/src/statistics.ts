// SPDX-License-Identifier: Apache-2.0

/** Of one figure over the seeds of an otherwise equal run. */
export interface Statistic {
  /** NaN when any of the values is not finite. */
  readonly mean: number;
  /** Sample standard deviation (n − 1); absent for a single value. */
  readonly deviation?: number;
  readonly count: number;
}

/** Undefined for no values. */
export function statisticOf(values: readonly number[]): Statistic | undefined {
  const count = values.length;
  if (count === 0) {
    return undefined;
  }
  // summary.json has null where a number was NaN or infinite, and null would count as 0.
  if (!values.every((value) => Number.isFinite(value))) {
    return {mean: NaN, count};
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) {
    return {mean, count};
  }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {mean, deviation: Math.sqrt(squares / (count - 1)), count};
}

/** Variance of a proportion measured on `samples` independent samples. */
function binomialVariance(fraction: number, samples: number): number {
  return (fraction * (1 - fraction)) / samples;
}

/** How sure a difference of two accuracies is. */
export interface DifferenceError {
  readonly standardError: number;
  /** 'seeds': from the spread over seeds of both; 'test-images': from the size of the test set alone, for single seeds. */
  readonly source: 'seeds' | 'test-images';
}

/**
 * Standard error of the difference of two mean accuracies. With several seeds on both sides it comes from their spread; otherwise from the
 * number of test images, each accuracy being a proportion (treated as independent, which overestimates: both saw the same images).
 */
export function differenceError(first: Statistic, second: Statistic, testImages: number): DifferenceError | undefined {
  if (first.deviation !== undefined && second.deviation !== undefined) {
    const variance = first.deviation ** 2 / first.count + second.deviation ** 2 / second.count;
    return {standardError: Math.sqrt(variance), source: 'seeds'};
  }
  if (!(testImages > 0)) {
    return undefined;
  }
  const variance = binomialVariance(first.mean, testImages) + binomialVariance(second.mean, testImages);
  return {standardError: Math.sqrt(variance), source: 'test-images'};
}
