// SPDX-License-Identifier: Apache-2.0
import {add, type KernelConfig, mul, rsqrt, sub} from '@tensorflow/tfjs-core';
import {defineComposed} from './define-composed.js';

/** Batch normalisation with given statistics for any backend. */
export function composedBatchNormInference(backendName: string): KernelConfig {
  return defineComposed('BatchNormInference', backendName, (tensor, inputs, {epsilon}) => {
    const factor = mul(tensor(inputs.scale), rsqrt(add(tensor(inputs.variance), epsilon)));
    return add(mul(sub(tensor(inputs.x), tensor(inputs.mean)), factor), tensor(inputs.offset));
  });
}
