// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {geometryTable} from './geometry-table.js';
import {runKernel} from './kernel-call.js';
import {sumProducts} from './sum-products.js';
import {forwardPlan} from './window-plan.js';

const kernelName = 'GroupedConv2D';

/** Y = ΣX·F. */
export const groupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const filter = call.address(inputs.filter);
      const {batch, outHeight, outWidth, outChannels} = geometry;
      const y = call.output([batch, outHeight, outWidth, outChannels]);

      const finite = sumProducts(call, forwardPlan(geometry), {source: x, filter, target: y.address});
      if (!finite) call.kernels.repairForward(call.table(geometryTable(geometry)), x, filter, y.address, 0);
      return y.tensor;
    });
  },
});
