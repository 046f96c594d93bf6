// SPDX-License-Identifier: Apache-2.0
import type {WeightHistogram} from '@addernet/plugin';

/** Bins where nothing else is asked for: enough to tell a Laplace distribution's peak from a Gaussian's. */
export const DEFAULT_BINS = 64;

/**
 * Counts finite values in bins of equal width between the least and the greatest of them; the last bin includes its upper edge. Equal values all
 * lie in the one bin [value, value].
 *
 * @param values any number of them, in the range of float32; what is not finite is left out
 * @param bins an integer ≥ 1
 * @returns no bins where no value is finite
 * @throws RangeError for another number of bins
 */
export function weightHistogram(values: ArrayLike<number>, bins: number = DEFAULT_BINS): WeightHistogram {
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(`weightHistogram: bins is ${bins}; expected an integer ≥ 1`);
  let minimum = Infinity;
  let maximum = -Infinity;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    if (!Number.isFinite(value)) continue;
    count++;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  // −0, which JSON does not know, becomes 0.
  minimum += 0;
  maximum += 0;
  if (count === 0) return {minimum: 0, maximum: 0, counts: []};
  if (minimum === maximum) return {minimum, maximum, counts: [count]};
  const counts = new Array<number>(bins).fill(0);
  const range = maximum - minimum;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(bins - 1, Math.floor(((value - minimum) / range) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {minimum, maximum, counts};
}

/** The edges of a histogram's bins, one more than there are bins; the first is its minimum and the last its maximum. */
export function histogramEdges({minimum, maximum, counts}: WeightHistogram): number[] {
  const bins = counts.length;
  if (bins === 0) return [];
  return Array.from({length: bins + 1}, (_, edge) =>
    edge === bins ? maximum : minimum + (maximum - minimum) * (edge / bins),
  );
}
