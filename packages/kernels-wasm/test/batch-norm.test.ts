// SPDX-License-Identifier: Apache-2.0
import {batchNormInference} from '@addernet/core';
import {batchNormTrainingGradReference, batchNormTrainingReference} from '@addernet/core/reference';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {register} from '../src/index.js';
import {expectClose, normals, runKernelOn} from './kernel-runner.js';

const EPSILON = 1e-5;

interface Data {
  readonly rows: number;
  readonly channels: number;
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** Normal values around `mean`; channels differ in deviation. */
function data(rows: number, channels: number, mean: number, seed: number): Data {
  return {
    rows,
    channels,
    x: normals(rows * channels, 'x', seed).map((value, index) => value * (1 + ((index % channels) % 3)) + mean),
    dy: normals(rows * channels, 'dy', seed),
    scale: normals(channels, 'scale', seed),
    offset: normals(channels, 'offset', seed),
  };
}

function forward({rows, channels, x, scale, offset}: Data): Float32Array[] {
  return runKernelOn(
    'BatchNormTraining',
    {
      x: {values: x, shape: [rows, channels]},
      scale: {values: scale, shape: [channels]},
      offset: {values: offset, shape: [channels]},
    },
    {epsilon: EPSILON},
  );
}

function expectReference(given: Data): void {
  const {rows, channels, x, dy, scale, offset} = given;
  const [y, mean, variance] = forward(given);
  const expected = batchNormTrainingReference(x, scale, offset, rows, channels, EPSILON);
  expectClose(mean, expected.mean, {relative: 2 ** -23, absolute: 1e-6});
  expectClose(variance, expected.variance, {relative: 1e-5, absolute: 0});
  expectClose(y, expected.y, {relative: 1e-5, absolute: 2e-5});

  const [dx, dScale, dOffset] = runKernelOn(
    'BatchNormTrainingGrad',
    {
      dy: {values: dy, shape: [rows, channels]},
      x: {values: x, shape: [rows, channels]},
      mean: {values: mean, shape: [channels]},
      variance: {values: variance, shape: [channels]},
      scale: {values: scale, shape: [channels]},
    },
    {epsilon: EPSILON},
  );
  const gradients = batchNormTrainingGradReference(dy, x, mean, variance, scale, rows, channels, EPSILON);
  expectClose(dOffset, gradients.dOffset, {relative: 1e-5, absolute: 1e-6 * rows});
  expectClose(dScale, gradients.dScale, {relative: 1e-5, absolute: 1e-6 * rows});
  // With few rows dx is a small difference of terms of this size.
  const largest = dy.reduce((most, value, index) => {
    const channel = index % channels;
    return Math.max(most, Math.abs((value * scale[channel]) / Math.sqrt(variance[channel] + EPSILON)));
  }, 0);
  expectClose(dx, gradients.dx, {relative: 1e-5, absolute: 1e-5 * largest});
}

describe('batch normalisation', () => {
  it('equals the float64 reference where the mean is thousands of deviations, for any number of rows and channels', () => {
    fc.assert(
      fc.property(fc.integer({min: 2, max: 700}), fc.integer({min: 1, max: 40}), fc.nat(), (rows, channels, seed) =>
        expectReference(data(rows, channels, -3000, seed)),
      ),
      {numRuns: 30},
    );
  });

  it.each([126, 127, 128, 129, 255, 256, 257])('holds where the blocks of rows end: %i rows of 16 channels', (rows) => {
    expectReference(data(rows, 16, -50, rows));
  });

  it.each([15, 16, 17, 31, 33])('holds where a wide row of 5 channels ends: %i rows', (rows) => {
    expectReference(data(rows, 5, -50, rows));
  });

  it('does not lose a variance to an outlier that comes first', () => {
    const given = data(5000, 3, 0, 1);
    given.x.fill(1000, 0, 3);
    const [, , variance] = forward(given);
    const {x, scale, offset} = given;
    expectClose(variance, batchNormTrainingReference(x, scale, offset, 5000, 3, EPSILON).variance, {
      relative: 1e-5,
      absolute: 0,
    });
  });

  it('gives a constant channel a variance of exactly 0, and so its offset', () => {
    const given = data(1000, 3, 0, 2);
    given.x.fill(-3.3);
    const [y, mean, variance] = forward(given);
    expect([...mean]).toEqual(Array(3).fill(Math.fround(-3.3)));
    expect([...variance]).toEqual([0, 0, 0]);
    expect([...y.subarray(0, 3)]).toEqual([...given.offset]);
  });
});

describe('batch normalisation with given statistics', () => {
  function inputs(rows: number, channels: number, seed: number) {
    return {
      x: normals(rows * channels, 'x', seed).map((value) => value - 3000),
      mean: normals(channels, 'mean', seed).map((value) => value - 3000),
      variance: normals(channels, 'variance', seed).map((value) => value ** 2),
      scale: normals(channels, 'scale', seed),
      offset: normals(channels, 'offset', seed),
    };
  }

  it('is one kernel, and equals the formula in float64 for any number of rows and channels', async () => {
    register();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({min: 0, max: 90}),
        fc.integer({min: 1, max: 40}),
        fc.nat(),
        async (rows, channels, seed) => {
          const {x, mean, variance, scale, offset} = inputs(rows, channels, seed);
          const vectors = [mean, variance, scale, offset].map((values) => tf.tensor1d(values)) as [
            tf.Tensor1D,
            tf.Tensor1D,
            tf.Tensor1D,
            tf.Tensor1D,
          ];
          const {kernelNames, result} = await tf.profile(() =>
            batchNormInference(tf.tensor2d(x, [rows, channels]), ...vectors, EPSILON),
          );
          expect(kernelNames).toEqual(['BatchNormInference']);
          const expected = Float64Array.from(x, (value, index) => {
            const channel = index % channels;
            const factor = scale[channel] / Math.sqrt(variance[channel] + EPSILON);
            return (value - mean[channel]) * factor + offset[channel];
          });
          expectClose((result as tf.Tensor).dataSync() as Float32Array, expected, {relative: 1e-6, absolute: 2e-6});
          tf.dispose([...vectors, result as tf.Tensor]);
        },
      ),
      {numRuns: 30},
    );
  });
});
