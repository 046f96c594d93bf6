// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {convolutionSums} from './forward-sums.js';
import {fusedForward} from './fused-forward.js';
import {runKernel} from './kernel-call.js';

const kernelName = 'FusedGroupedConv2D';

/** activation(scale·(ΣX·F) + offset + residual), in one pass. */
export const fusedGroupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute: ({inputs, attrs, backend}) =>
    runKernel(kernelName, backend, (call) => fusedForward(call, inputs, attrs, convolutionSums, 0)),
});
