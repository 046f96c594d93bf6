// SPDX-License-Identifier: Apache-2.0
import {reshape} from '@tensorflow/tfjs-core';
import {registerGradientOnce, single} from './register.js';

/**
 * TF.js brings the gradients of its own ops only with tfjs-layers (or the union package). Ours reshape on the way, so that Reshape's is
 * needed for theirs; one that is already there stays.
 */
export function registerReshapeGradient(): void {
  registerGradientOnce({
    kernelName: 'Reshape',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({x: () => reshape(single(dy), x.shape)}),
  });
}
