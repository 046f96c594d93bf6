// SPDX-License-Identifier: Apache-2.0
import {add, mul, neg, rsqrt, square, sub, type Tensor} from '@tensorflow/tfjs-core';
import {readEpsilon} from '../kernels/attributes.js';
import {columnSums} from '../kernels/composed/column-sums.js';
import {registerGradientOnce, savedTensors, single} from './register.js';

/** The gradients of batch normalisation with given statistics, in all five inputs, each computed only if it is asked for. */
export function registerBatchNormInferenceGradients(): void {
  const kernelName = 'BatchNormInference';
  registerGradientOnce({
    kernelName,
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dys, saved, attrs) => {
      const dy = single(dys);
      const [x, mean, variance, scale] = savedTensors(kernelName, saved, 4);
      const epsilon = readEpsilon({kernelName, attrs});
      const inverseDeviation = (): Tensor => rsqrt(add(variance, epsilon));
      const dScale = (): Tensor => mul(columnSums(mul(dy, sub(x, mean))), inverseDeviation());
      return {
        x: () => mul(dy, mul(scale, inverseDeviation())),
        mean: () => neg(mul(columnSums(dy), mul(scale, inverseDeviation()))),
        // d/dv (v + ε)^(−1/2) = −½·(v + ε)^(−3/2)
        variance: () => mul(mul(dScale(), scale), mul(-0.5, square(inverseDeviation()))),
        scale: dScale,
        offset: () => columnSums(dy),
      };
    },
  });
}
