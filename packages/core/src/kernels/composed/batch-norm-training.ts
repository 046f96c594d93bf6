// SPDX-License-Identifier: Apache-2.0
import {add, div, type KernelConfig, mul, rsqrt, square, sub, type Tensor} from '@tensorflow/tfjs-core';
import {columnSums} from './column-sums.js';
import {defineComposed} from './define-composed.js';

/** Batch normalisation for any backend: the mean, then the variance about it, then y. */
export function composedBatchNormTraining(backendName: string): KernelConfig {
  return defineComposed('BatchNormTraining', backendName, (tensor, inputs, {epsilon}) => {
    const [x, scale, offset] = [tensor(inputs.x), tensor(inputs.scale), tensor(inputs.offset)];
    const [rows] = x.shape;
    const mean = columnMeans(x, rows);
    const centred = sub(x, mean);
    const variance = columnMeans(square(centred), rows);
    const y = add(mul(centred, mul(scale, rsqrt(add(variance, epsilon)))), offset);
    return [y, mean, variance];
  });
}

/** Means of the columns; those of no rows are 0/0, NaN. */
function columnMeans(values: Tensor, rows: number): Tensor {
  return div(columnSums(values), rows);
}
