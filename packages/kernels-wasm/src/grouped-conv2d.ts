// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {geometryTable} from './geometry-table.js';
import {runKernel} from './kernel-call.js';
import {packFilter} from './packed-filter.js';
import {sumProducts} from './sum-products.js';
import {forwardPass} from './window-pass.js';

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

      const pass = forwardPass(geometry);
      const finite = sumProducts(call, pass, x, packFilter(call, pass, filter), y.address);
      if (!finite) call.kernels.repairForward(call.table(geometryTable(geometry)), x, filter, y.address, 0);
      return y.tensor;
    });
  },
});
