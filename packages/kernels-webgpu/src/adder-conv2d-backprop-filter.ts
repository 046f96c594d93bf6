// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {windowedFilterGradient} from './filter-gradient.js';
import {SURROGATE_FILTER_SLOPES} from './programs/filter-gradient.js';

const kernelName = 'AdderConv2DBackpropFilter';

/**
 * dF = ΣdY·(X − F) ('full-precision', AdderNet, arXiv 1912.13200, eq. 5) or ΣdY·sgn(X − F) ('sign', eq. 4). A tap in the padding has X = 0 and
 * contributes.
 */
export const adderConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute: ({inputs, attrs: {geometry, filterGradient}, backend}) =>
    windowedFilterGradient(kernelName, SURROGATE_FILTER_SLOPES[filterGradient], backend, inputs, geometry),
});
