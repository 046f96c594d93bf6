// SPDX-License-Identifier: Apache-2.0
import {checkLength} from './visit-taps.js';

type Values = Float64Array<ArrayBuffer>;

/**
 * Batch normalisation in training, in float64 (Ioffe & Szegedy, arXiv 1502.03167): y = (x − mean)/√(variance + epsilon)·scale + offset over
 * the rows of each channel. The variance is biased (divided by rows) and taken in a second pass, after the mean.
 *
 * @param x [rows, channels], flat
 * @param scale [channels]
 * @param offset [channels]
 */
export function batchNormTrainingReference(
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  rows: number,
  channels: number,
  epsilon: number,
): {y: Values; mean: Values; variance: Values} {
  checkLength('x', x, rows * channels);
  checkLength('scale', scale, channels);
  checkLength('offset', offset, channels);
  const y = new Float64Array(rows * channels);
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += x[row * channels + c];
    const channelMean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (x[row * channels + c] - channelMean) ** 2;
    const channelVariance = squares / rows;
    const factor = scale[c] / Math.sqrt(channelVariance + epsilon);
    for (let row = 0; row < rows; row++) {
      const index = row * channels + c;
      y[index] = (x[index] - channelMean) * factor + offset[c];
    }
    mean[c] = channelMean;
    variance[c] = channelVariance;
  }
  return {y, mean, variance};
}

/**
 * Gradients of `batchNormTrainingReference` through y, in float64, with x̂ = (x − mean)/√(variance + epsilon):
 * dOffset = Σdy, dScale = Σdy·x̂, dx = scale/√(variance + epsilon)·(dy − dOffset/rows − x̂·dScale/rows).
 */
export function batchNormTrainingGradReference(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
  scale: ArrayLike<number>,
  rows: number,
  channels: number,
  epsilon: number,
): {dx: Values; dScale: Values; dOffset: Values} {
  checkLength('dy', dy, rows * channels);
  checkLength('x', x, rows * channels);
  const dx = new Float64Array(rows * channels);
  const dScale = new Float64Array(channels);
  const dOffset = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const inverseDeviation = 1 / Math.sqrt(variance[c] + epsilon);
    const normalized = (index: number): number => (x[index] - mean[c]) * inverseDeviation;
    let sumDy = 0;
    let sumDyNormalized = 0;
    for (let row = 0; row < rows; row++) {
      const index = row * channels + c;
      sumDy += dy[index];
      sumDyNormalized += dy[index] * normalized(index);
    }
    for (let row = 0; row < rows; row++) {
      const index = row * channels + c;
      const centred = dy[index] - sumDy / rows - (normalized(index) * sumDyNormalized) / rows;
      dx[index] = scale[c] * inverseDeviation * centred;
    }
    dScale[c] = sumDyNormalized;
    dOffset[c] = sumDy;
  }
  return {dx, dScale, dOffset};
}

/** y = (x − mean)/√(variance + epsilon)·scale + offset in float64, with given statistics. */
export function batchNormInferenceReference(
  x: ArrayLike<number>,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  rows: number,
  channels: number,
  epsilon: number,
): Values {
  checkLength('x', x, rows * channels);
  const y = new Float64Array(rows * channels);
  for (let index = 0; index < y.length; index++) {
    const c = index % channels;
    y[index] = ((x[index] - mean[c]) / Math.sqrt(variance[c] + epsilon)) * scale[c] + offset[c];
  }
  return y;
}
