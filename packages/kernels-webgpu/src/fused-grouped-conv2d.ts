// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {windowedForward} from './forward.js';
import {PRODUCT} from './programs/window-sums.js';

const kernelName = 'FusedGroupedConv2D';

/** activation(scale·y + offset + residual), without y ever being stored: Y = ΣX·F, by groups. */
export const fusedGroupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute: ({inputs, attrs: {geometry, activation}, backend}) =>
    windowedForward(kernelName, PRODUCT, backend, inputs, geometry, {...inputs, activation}),
});
