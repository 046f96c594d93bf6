// SPDX-License-Identifier: Apache-2.0
import {batchNormTrainingGradReference, batchNormTrainingReference} from '@addernet/core/reference';
import fc from 'fast-check';
import {describe, it} from 'vitest';
import {expectRounded, normals, runKernel} from './support.js';

const EPSILON = 1e-5;

describe('batch normalisation', () => {
  it('equals the float64 reference where the mean is far larger than the deviation, for any number of rows and channels', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 700}), fc.integer({min: 1, max: 33}), fc.nat(), (rows, channels, seed) => {
        const x = normals(rows * channels, 'x', seed).map((value) => value - 3000);
        const scale = normals(channels, 'scale', seed);
        const offset = normals(channels, 'offset', seed);
        const dy = normals(rows * channels, 'dy', seed);
        const matrix = [rows, channels];
        const vector = [channels];

        const [y, mean, variance] = runKernel(
          'BatchNormTraining',
          {
            x: {values: x, shape: matrix},
            scale: {values: scale, shape: vector},
            offset: {values: offset, shape: vector},
          },
          {epsilon: EPSILON},
        );
        const expected = batchNormTrainingReference(x, scale, offset, rows, channels, EPSILON);
        expectRounded(y, expected.y, 100);
        expectRounded(mean, expected.mean, 1);
        expectRounded(variance, expected.variance, 1);

        const [dx, dScale, dOffset] = runKernel(
          'BatchNormTrainingGrad',
          {
            dy: {values: dy, shape: matrix},
            x: {values: x, shape: matrix},
            mean: {values: mean, shape: vector},
            variance: {values: variance, shape: vector},
            scale: {values: scale, shape: vector},
          },
          {epsilon: EPSILON},
        );
        const gradients = batchNormTrainingGradReference(dy, x, mean, variance, scale, rows, channels, EPSILON);
        expectRounded(dx, gradients.dx, 1000);
        expectRounded(dScale, gradients.dScale, 1000);
        expectRounded(dOffset, gradients.dOffset, 1);
      }),
      {numRuns: 30},
    );
  });
});
