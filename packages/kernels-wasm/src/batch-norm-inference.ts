// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {columnTable, parallelRows, wideColumns} from './columns.js';
import {runKernel} from './kernel-call.js';

const kernelName = 'BatchNormInference';

/** y = (x − mean)/√(variance + epsilon)·scale + offset per channel of x [rows, channels], in one pass. */
export const batchNormInference = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs: {x, ...vectors}, attrs: {epsilon}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const [rows = 0, channels = 0] = x.shape;
      const source = call.address(x);
      const addresses = [vectors.mean, vectors.variance, vectors.scale, vectors.offset].map((vector) =>
        call.address(vector),
      );
      const y = call.output(x.shape);
      const [means, variances, scales, offsets] = addresses.map((address) => call.floats(address, channels).slice());
      const columns = wideColumns(rows, channels);
      const table = columnTable(call, columns, [
        (channel) => means[channel],
        (channel) => scales[channel] / Math.sqrt(variances[channel] + epsilon),
        (channel) => offsets[channel],
      ]);
      parallelRows(call, columns, rows * channels, (lane, offset, count) =>
        lane.run('normalizeColumns', source + offset, y.address + offset, count, columns.width, table),
      );
      return y.tensor;
    });
  },
});
