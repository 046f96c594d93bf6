// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebglBackend} from './backend.js';
import {windowedForward} from './forward.js';
import {NEGATIVE_DISTANCE} from './programs/window-sums.js';

const kernelName = 'FusedAdderConv2D';

/** activation(scale·y + offset + residual), without y ever being stored: Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2). */
export const fusedAdderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebglBackend,
  compute: ({inputs, attrs: {geometry, activation}, backend}) =>
    windowedForward(kernelName, NEGATIVE_DISTANCE, backend, inputs, geometry, {...inputs, activation}),
});
