// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {windowedFilterGradient} from './filter-gradient.js';
import {IMAGE_ITSELF} from './programs/filter-gradient.js';

const kernelName = 'GroupedConv2DBackpropFilter';

/** dF = ΣdY·X, by groups. */
export const groupedConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute: ({inputs, attrs: {geometry}, backend}) =>
    windowedFilterGradient(kernelName, IMAGE_ITSELF, backend, inputs, geometry),
});
