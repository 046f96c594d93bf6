// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {adderSums} from './forward-sums.js';
import {geometryTable} from './geometry-table.js';
import {runKernel} from './kernel-call.js';

const kernelName = 'AdderConv2D';

/** Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2). */
export const adderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const filter = call.address(inputs.filter);
      const {batch, outHeight, outWidth, outChannels} = geometry;
      const y = call.output([batch, outHeight, outWidth, outChannels]);

      const finite = adderSums(call, geometry, {source: x, filter, filterId: inputs.filter.dataId, target: y.address});
      if (!finite) call.kernels.repairForward(call.table(geometryTable(geometry)), x, filter, y.address, 1);
      return y.tensor;
    });
  },
});
