// SPDX-License-Identifier: Apache-2.0
import {readEpsilon} from '../kernels/attributes.js';
import {runMultiple} from '../kernels/run.js';
import {registerGradientOnce, registerNoGradient, savedTensors, single} from './register.js';

/** The gradients of batch normalisation through y; `mean` and `variance` count as constants. */
export function registerBatchNormGradients(): void {
  const kernelName = 'BatchNormTraining';
  registerGradientOnce({
    kernelName,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [x, scale, mean, variance] = savedTensors(kernelName, saved, 4);
      const epsilon = readEpsilon({kernelName, attrs});
      // One kernel gives all three, which share their sums; TF.js frees what nobody asks for at the end of the backward pass.
      const [dx, dScale, dOffset] = runMultiple(
        'BatchNormTrainingGrad',
        {dy: single(dys), x, mean, variance, scale},
        {epsilon},
        3,
      );
      return {x: () => dx, scale: () => dScale, offset: () => dOffset};
    },
  });
  registerNoGradient('BatchNormTrainingGrad', 'second-order gradients of batchNormTraining are not implemented');
}
