// SPDX-License-Identifier: Apache-2.0
import {correctKernels} from '../support/reference-kernels.js';
import {accuracy, at, map, type Mutant, type Values} from './changes.js';

/** float32 E[x²] − E[x]² per channel, clamped at 0. */
function onePassVariance(x: Values, rows: number, channels: number): Float64Array {
  return Float64Array.from({length: channels}, (_, channel) => {
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = at(x, row * channels + channel);
      sum = Math.fround(sum + value);
      squares = Math.fround(squares + Math.fround(value * value));
    }
    const mean = Math.fround(sum / rows);
    return Math.max(0, Math.fround(Math.fround(squares / rows) - Math.fround(mean * mean)));
  });
}

/** y of batch normalisation with given statistics. */
function normalize(x: Values, mean: Values, factor: (channel: number) => number, offset: Values): Float64Array {
  return map(x, (value, index) => {
    const channel = index % mean.length;
    return (value - at(mean, channel)) * factor(channel) + at(offset, channel);
  });
}

export const batchNormMutants: readonly Mutant[] = [
  {
    name: 'one-pass variance',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => {
        const {mean} = correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon);
        const variance = onePassVariance(x, rows, channels);
        const factor = (channel: number) => at(scale, channel) / Math.sqrt(at(variance, channel) + epsilon);
        return {y: normalize(x, mean, factor, offset), mean, variance};
      },
    },
    caughtBy: ['error-bound'],
    inCase: /mean-1000/u,
    quantity: /output (variance|y)/u,
  },
  {
    name: 'one-pass variance, at the means that adder layers have',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => ({
        ...correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon),
        variance: onePassVariance(x, rows, channels),
      }),
    },
    caughtBy: ['error-bound'],
    inCase: /mean--50/u,
    quantity: /output variance/u,
  },
  {
    name: 'unbiased variance',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => {
        const right = correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon);
        return {...right, variance: map(right.variance, (value) => (rows > 1 ? (value * rows) / (rows - 1) : value))};
      },
    },
    caughtBy: ['error-bound'],
    inCase: /\/rows-1000/u,
    quantity: /output variance/u,
  },
  {
    name: 'epsilon outside the root',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => {
        const {mean, variance} = correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon);
        const factor = (channel: number) => at(scale, channel) / (Math.sqrt(at(variance, channel)) + epsilon);
        return {y: normalize(x, mean, factor, offset), mean, variance};
      },
    },
    caughtBy: ['error-bound'],
    quantity: /output y/u,
  },
  {
    name: 'statistics taken as constants in the gradient of x',
    op: 'BatchNormTraining',
    kernels: {
      batchNormGrad: (dy, x, mean, variance, scale, rows, channels, epsilon) => ({
        ...correctKernels.batchNormGrad(dy, x, mean, variance, scale, rows, channels, epsilon),
        dx: map(dy, (value, index) => {
          const channel = index % channels;
          return (value * at(scale, channel)) / Math.sqrt(at(variance, channel) + epsilon);
        }),
      }),
    },
    caughtBy: ['error-bound', 'finite-differences', 'single-gradient'],
    quantity: /gradient of x/u,
  },
  {
    name: 'offset’s gradient averaged',
    op: 'BatchNormTraining',
    kernels: {
      batchNormGrad: (dy, x, mean, variance, scale, rows, channels, epsilon) => {
        const right = correctKernels.batchNormGrad(dy, x, mean, variance, scale, rows, channels, epsilon);
        return {...right, dOffset: map(right.dOffset, (value) => value / Math.max(rows, 1))};
      },
    },
    caughtBy: [...accuracy, 'finite-differences'],
    quantity: /gradient of offset/u,
  },
  {
    name: 'epsilon outside the root',
    op: 'BatchNormInference',
    kernels: {
      batchNormInference: (x, mean, variance, scale, offset, _rows, _channels, epsilon) =>
        normalize(x, mean, (channel) => at(scale, channel) / (Math.sqrt(at(variance, channel)) + epsilon), offset),
    },
    caughtBy: ['error-bound'],
    quantity: /output y/u,
  },
  {
    name: 'statistics of the batch instead of those given',
    op: 'BatchNormInference',
    kernels: {
      batchNormInference: (x, _mean, _variance, scale, offset, rows, channels, epsilon) =>
        correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon).y,
    },
    caughtBy: ['error-bound'],
    quantity: /output y/u,
  },
];
