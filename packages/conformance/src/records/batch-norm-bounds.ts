// SPDX-License-Identifier: Apache-2.0
import {batchNormTrainingGradReference, batchNormTrainingReference} from '@addernet/core/reference';
import {sumBound, TOLERANCE_FACTOR, UNIT_ROUNDOFF} from '../tolerance.js';

const ROUNDING = TOLERANCE_FACTOR * UNIT_ROUNDOFF;

/** Errors that the forward pass's statistics carry, per channel, and what follows from them. */
class StatisticsErrors {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly meanError: Float64Array;
  readonly varianceError: Float64Array;
  readonly inverseDeviation: Float64Array;

  constructor(
    private readonly x: ArrayLike<number>,
    scale: ArrayLike<number>,
    offset: ArrayLike<number>,
    rows: number,
    private readonly channels: number,
    epsilon: number,
  ) {
    const {mean, variance} = batchNormTrainingReference(x, scale, offset, rows, channels, epsilon);
    this.mean = mean;
    this.variance = variance;
    const magnitudes = new Float64Array(channels);
    for (let index = 0; index < x.length; index++)
      magnitudes[index % channels] = at(magnitudes, index % channels) + Math.abs(at(x, index));
    this.meanError = magnitudes.map((sum) => sumBound(rows, sum / rows));
    // Two passes err by u·σ² and the square of the mean's error; Welford's recurrence by u·κ·σ² with κ² = 1 + mean²/σ² (Chan, Golub &
    // LeVeque, "Algorithms for computing the sample variance", 1983). One pass errs by u·κ²·σ², which this does not allow.
    this.varianceError = variance.map(
      (value, channel) =>
        sumBound(rows, value + Math.sqrt(value) * (at(magnitudes, channel) / rows)) + at(this.meanError, channel) ** 2,
    );
    this.inverseDeviation = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  }

  /** Relative error of 1/√(variance + ε), and of the roundings around it. */
  relative(channel: number): number {
    return 0.5 * at(this.varianceError, channel) * at(this.inverseDeviation, channel) ** 2 + ROUNDING;
  }

  normalized(index: number): number {
    const channel = index % this.channels;
    return (at(this.x, index) - at(this.mean, channel)) * at(this.inverseDeviation, channel);
  }

  /** Error of x̂: of the mean, of x's rounding where a kernel folds mean and scale into one multiply-add, and of the deviation. */
  normalizedError(index: number): number {
    const channel = index % this.channels;
    const shift = at(this.meanError, channel) + ROUNDING * Math.abs(at(this.x, index));
    return shift * at(this.inverseDeviation, channel) + Math.abs(this.normalized(index)) * this.relative(channel);
  }
}

/** Greatest errors of y, mean and variance. */
export function batchNormBounds(
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  rows: number,
  channels: number,
  epsilon: number,
): readonly Float64Array[] {
  const errors = new StatisticsErrors(x, scale, offset, rows, channels, epsilon);
  const y = Float64Array.from({length: x.length}, (_, index) => {
    const channelScale = Math.abs(at(scale, index % channels));
    const channelOffset = Math.abs(at(offset, index % channels));
    return (
      channelScale * errors.normalizedError(index) +
      ROUNDING * (channelScale * Math.abs(errors.normalized(index)) + channelOffset)
    );
  });
  return [y, errors.meanError, errors.varianceError];
}

/** Greatest errors of the gradients of x, scale and offset. */
export function batchNormGradientBounds(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  rows: number,
  channels: number,
  epsilon: number,
): readonly Float64Array[] {
  const errors = new StatisticsErrors(x, scale, offset, rows, channels, epsilon);
  const {mean, variance} = errors;
  const exact = batchNormTrainingGradReference(dy, x, mean, variance, scale, rows, channels, epsilon);
  const dyMagnitudes = new Float64Array(channels);
  const productMagnitudes = new Float64Array(channels);
  const propagated = new Float64Array(channels);
  for (let index = 0; index < x.length; index++) {
    const channel = index % channels;
    const dyMagnitude = Math.abs(at(dy, index));
    dyMagnitudes[channel] = at(dyMagnitudes, channel) + dyMagnitude;
    productMagnitudes[channel] = at(productMagnitudes, channel) + dyMagnitude * Math.abs(errors.normalized(index));
    propagated[channel] = at(propagated, channel) + dyMagnitude * errors.normalizedError(index);
  }
  const dOffset = dyMagnitudes.map((sum) => sumBound(rows, sum));
  const dScale = productMagnitudes.map((sum, channel) => sumBound(rows, sum) + at(propagated, channel));
  const dx = Float64Array.from({length: x.length}, (_, index) => {
    const channel = index % channels;
    const normalized = Math.abs(errors.normalized(index));
    const meanDy = Math.abs(at(exact.dOffset, channel)) / rows;
    const meanProduct = Math.abs(at(exact.dScale, channel)) / rows;
    const inner =
      ROUNDING * (Math.abs(at(dy, index)) + meanDy + normalized * meanProduct) +
      at(dOffset, channel) / rows +
      (normalized * at(dScale, channel)) / rows +
      errors.normalizedError(index) * meanProduct;
    return (
      Math.abs(at(scale, channel)) * at(errors.inverseDeviation, channel) * inner +
      Math.abs(at(exact.dx, index)) * errors.relative(channel)
    );
  });
  return [dx, dScale, dOffset];
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}
