// SPDX-License-Identifier: Apache-2.0
import {
  add,
  engine,
  getBackend,
  mul,
  neg,
  registerKernel,
  rsqrt,
  square,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import {registerGradientOnce, savedTensors, single} from '../gradients/register.js';
import {readEpsilon} from '../kernels/attributes.js';
import {columnSums} from '../kernels/composed/column-sums.js';
import {asTensor} from '../kernels/composed/as-tensor.js';
import {requireInput} from '../kernels/define-kernel.js';
import {registeredKernel} from '../kernels/register-kernels.js';

/** Made of TF.js ops on every backend; a kernel only in order to have a lazy gradient that does not need those of TF.js's ops. */
export const BATCH_NORM_INFERENCE = 'AddernetBatchNormInference';

/** Registers kernel and gradient for the current backend, once. x is [rows, channels]. */
export function registerBatchNormInference(): void {
  const backendName = (engine().backend, getBackend());
  if (registeredKernel(BATCH_NORM_INFERENCE, backendName) === undefined) {
    registerKernel({
      kernelName: BATCH_NORM_INFERENCE,
      backendName,
      kernelFunc: ({inputs, attrs}) =>
        tidy(() => {
          const input = (name: string): Tensor => asTensor(requireInput(BATCH_NORM_INFERENCE, inputs, name));
          const epsilon = readEpsilon({kernelName: BATCH_NORM_INFERENCE, attrs: attrs ?? {}});
          const factor = mul(input('scale'), rsqrt(add(input('variance'), epsilon)));
          return add(mul(sub(input('x'), input('mean')), factor), input('offset'));
        }),
    });
  }
  registerGradientOnce({
    kernelName: BATCH_NORM_INFERENCE,
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dys, saved, attrs) => {
      const dy = single(dys);
      const [x, mean, variance, scale] = savedTensors(BATCH_NORM_INFERENCE, saved, 4);
      const epsilon = readEpsilon({kernelName: BATCH_NORM_INFERENCE, attrs});
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
