// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {windowedForward} from './forward.js';
import {PRODUCT} from './programs/window-sums.js';

const kernelName = 'GroupedConv2D';

/** Y = ΣX·F, by groups. */
export const groupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute: ({inputs, attrs: {geometry}, backend}) => windowedForward(kernelName, PRODUCT, backend, inputs, geometry),
});
