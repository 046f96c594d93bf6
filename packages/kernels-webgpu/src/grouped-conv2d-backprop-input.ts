// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {windowedInputGradient} from './input-gradient.js';
import {FILTER_ITSELF} from './programs/input-gradient.js';

const kernelName = 'GroupedConv2DBackpropInput';

/** dX = ΣdY·F, by groups. */
export const groupedConv2dBackpropInput = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute: ({inputs, attrs: {geometry}, backend}) =>
    windowedInputGradient(kernelName, FILTER_ITSELF, backend, inputs, geometry),
});
