// SPDX-License-Identifier: Apache-2.0
import type {WeightSummary} from '@addernet/plugin';

/**
 * Mean, standard deviation and extremes of a layer's weights, and how well a Gaussian and a Laplace distribution fit them. Both are fitted by
 * maximum likelihood: the Gaussian with mean and standard deviation (over n), the Laplace distribution with the median and the mean absolute
 * deviation from it. The AdderNet paper (arXiv 1912.13200, histograms over the weights) finds adder filters near the second and those of a
 * convolution near the first; the larger log-likelihood says which is nearer.
 *
 * @param values any number of them; what is not finite is counted and left out
 */
export function summarizeWeights(values: ArrayLike<number>): WeightSummary {
  const finite = Float64Array.from(values).filter((value) => Number.isFinite(value));
  const count = finite.length;
  const nonFinite = values.length - count;
  if (count === 0) return {count, nonFinite, mean: 0, standardDeviation: 0, minimum: 0, maximum: 0};
  // Typed arrays sort by number.
  finite.sort();
  const at = (index: number): number => finite[index] ?? NaN;
  const minimum = at(0);
  const maximum = at(count - 1);
  const middle = Math.floor(count / 2);
  const median = count % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  let sum = 0;
  for (const value of finite) sum += value;
  const mean = sum / count;
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
