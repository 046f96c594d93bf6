// SPDX-License-Identifier: Apache-2.0
import {add, div, type KernelConfig, mul, rsqrt, sub} from '@tensorflow/tfjs-core';
import {columnSums} from './column-sums.js';
import {defineComposed} from './define-composed.js';

/**
 * Gradients of batch normalisation for any backend, with x̂ = (x − mean)/√(variance + epsilon): dOffset = Σdy, dScale = Σdy·x̂,
 * dx = scale/√(variance + epsilon)·(dy − dOffset/rows − x̂·dScale/rows).
 */
export function composedBatchNormTrainingGrad(backendName: string): KernelConfig {
  return defineComposed('BatchNormTrainingGrad', backendName, (tensor, inputs, {epsilon}) => {
    const dy = tensor(inputs.dy);
    const rows = Math.max(1, dy.shape[0]);
    const inverseDeviation = rsqrt(add(tensor(inputs.variance), epsilon));
    const normalized = mul(sub(tensor(inputs.x), tensor(inputs.mean)), inverseDeviation);
    const dOffset = columnSums(dy);
    const dScale = columnSums(mul(dy, normalized));
    const centred = sub(sub(dy, div(dOffset, rows)), mul(normalized, div(dScale, rows)));
    return [mul(centred, mul(tensor(inputs.scale), inverseDeviation)), dScale, dOffset];
  });
}
