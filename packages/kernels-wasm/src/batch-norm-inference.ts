// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {columnTable, parallelRows, wideColumns} from './columns.js';
import {runKernel} from './kernel-call.js';

/** Core's name of the kernel behind `batchNormInference`. */
const kernelName = 'AddernetBatchNormInference';

/**
 * y = (x − mean)/√(variance + epsilon)·scale + offset per channel of x [rows, channels], in one pass; core makes it of six ops of TF.js, three of them
 * over all of x.
 */
export const batchNormInference: KernelConfig = {
  kernelName,
  backendName: BACKEND_NAME,
  kernelFunc({inputs, attrs, backend}) {
    const input = (name: string): TensorInfo => {
      const tensor = inputs[name];
      if (tensor !== undefined) return tensor;
      throw new KernelCallError(
        `${kernelName}: input '${name}' is missing; given ${Object.keys(inputs).join(', ') || 'none'}`,
      );
    };
    const x = input('x');
    const vectors = ['mean', 'variance', 'scale', 'offset'].map(input);
    const epsilon = attrs?.['epsilon'];
    if (typeof epsilon !== 'number') {
      throw new KernelCallError(`${kernelName}: attribute epsilon is ${String(epsilon)}; expected a number`);
    }
    if (!isWasmBackend(backend)) {
      throw new KernelCallError(`${kernelName}: expected TF.js's wasm backend; was handed ${backend.constructor.name}`);
    }
    return runKernel(kernelName, backend, (call) => {
      const [rows = 0, channels = 0] = x.shape;
      const source = call.address(x);
      const addresses = vectors.map((vector) => call.address(vector));
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
};
