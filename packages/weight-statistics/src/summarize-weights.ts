// SPDX-License-Identifier: Apache-2.0
import type {WeightSummary} from '@addernet/plugin';
import quickselect from 'quickselect';

/** Reorders the values. */
function medianOf(values: number[]): number {
  const middle = Math.floor(values.length / 2);
  // Puts the middle one of the sorted values in its place, with none above it on its left.
  quickselect(values, middle);
  const upper = values[middle] ?? NaN;
  if (values.length % 2 === 1) return upper;
  let lower = -Infinity;
  for (let index = 0; index < middle; index++) lower = Math.max(lower, values[index] ?? lower);
  return (lower + upper) / 2;
}

/**
 * Mean, standard deviation and extremes of a layer's weights, and how well a Gaussian and a Laplace distribution fit them. Both are fitted by
 * maximum likelihood: the Gaussian with mean and standard deviation (over n), the Laplace distribution with the median and the mean absolute
 * deviation from it. The AdderNet paper (arXiv 1912.13200, histograms over the weights) finds adder filters near the second and those of a
 * convolution near the first; the larger log-likelihood says which is nearer.
 *
 * @param values any number of them; what is not finite is counted and left out
 */
export function summarizeWeights(values: ArrayLike<number>): WeightSummary {
  const finite: number[] = [];
  let sum = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    if (!Number.isFinite(value)) continue;
    finite.push(value);
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const count = finite.length;
  const nonFinite = values.length - count;
  if (count === 0) return {count, nonFinite, mean: 0, standardDeviation: 0, minimum: 0, maximum: 0};
  const mean = sum / count;
  const median = medianOf(finite);
  let squares = 0;
  let absolute = 0;
  for (const value of finite) {
    squares += (value - mean) ** 2;
    absolute += Math.abs(value - median);
  }
  const standardDeviation = Math.sqrt(squares / count);
  const scale = absolute / count;
  const summary = {count, nonFinite, mean, standardDeviation, minimum, maximum};
  // Equal values: any density that tends to a spike fits ever better.
  if (minimum === maximum) return summary;
  return {
    ...summary,
    gaussian: {
      mean,
      standardDeviation,
      logLikelihood: -0.5 * Math.log(2 * Math.PI * Math.E) - Math.log(standardDeviation),
    },
    laplace: {median, scale, logLikelihood: -1 - Math.log(2 * scale)},
  };
}
