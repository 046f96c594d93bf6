// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {adderSums} from './forward-sums.js';
import {fusedForward} from './fused-forward.js';
import {runKernel} from './kernel-call.js';

const kernelName = 'FusedAdderConv2D';

/** activation(scale·(−Σ|X − F|) + offset + residual), in one pass. */
export const fusedAdderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute: ({inputs, attrs, backend}) =>
    runKernel(kernelName, backend, (call) => fusedForward(call, inputs, attrs, adderSums, 1)),
});
