// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import {columnTable, parallelRows, wideColumns} from './columns.js';
import {defineTfjsKernel} from './tfjs-kernel.js';

/** Core's name of the kernel behind `batchNormInference`. */
const kernelName = 'AddernetBatchNormInference';

/**
 * y = (x − mean)/√(variance + epsilon)·scale + offset per channel of x [rows, channels], in one pass; core makes it of six ops of TF.js, three of them
 * over all of x.
 */
export const batchNormInference = defineTfjsKernel(kernelName, (call, {attrs, input}) => {
  const x = input('x');
  const {epsilon} = attrs;
  if (typeof epsilon !== 'number') {
    throw new KernelCallError(`${kernelName}: attribute epsilon is ${String(epsilon)}; expected a number`);
  }
  const [rows = 0, channels = 0] = x.shape;
  const source = call.address(x);
  const addresses = ['mean', 'variance', 'scale', 'offset'].map((name) => call.address(input(name)));
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
