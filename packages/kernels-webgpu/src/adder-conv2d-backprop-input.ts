// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {windowedInputGradient} from './input-gradient.js';
import {SURROGATE_SLOPES} from './programs/input-gradient.js';

const kernelName = 'AdderConv2DBackpropInput';

/**
 * dX = ΣdY·s(F − X) with the surrogate slope s: hard tanh (AdderNet, arXiv 1912.13200, eq. 6), sign, or the identity. Padded taps lie outside
 * x and give nothing.
 */
export const adderConv2dBackpropInput = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute: ({inputs, attrs: {geometry, inputGradient}, backend}) =>
    windowedInputGradient(kernelName, SURROGATE_SLOPES[inputGradient], backend, inputs, geometry),
});
