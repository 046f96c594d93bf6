// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {
  chunkBounds,
  type Columns,
  columnTable,
  parallelRows,
  restFloats,
  rowChunkTables,
  wideColumns,
} from './columns.js';
import {FLOAT_BYTES, type KernelCall, runKernel} from './kernel-call.js';

const kernelName = 'BatchNormTraining';

/**
 * y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with the mean and the biased variance of x's rows (Ioffe & Szegedy,
 * arXiv 1502.03167, algorithm 1).
 */
export const batchNormTraining = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {epsilon}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const [rows = 0, channels = 0] = inputs.x.shape;
      const x = call.address(inputs.x);
      const scaleAddress = call.address(inputs.scale);
      const offsetAddress = call.address(inputs.offset);
      const y = call.output(inputs.x.shape);
      const meanOutput = call.output([channels]);
      const varianceOutput = call.output([channels]);
      const columns = wideColumns(rows, channels);
      const {mean, variance} = channelMoments(call, x, rows, columns);
      call.floats(meanOutput.address, channels).set(mean);
      call.floats(varianceOutput.address, channels).set(variance);

      const scale = call.floats(scaleAddress, channels).slice();
      const offset = call.floats(offsetAddress, channels).slice();
      const factor = variance.map((value, channel) => scale[channel] / Math.sqrt(value + epsilon));
      const table = columnTable(call, columns, [
        (channel) => mean[channel],
        (channel) => factor[channel],
        // What the rounding of the mean to float32 leaves goes into the offset.
        (channel) => offset[channel] + (Math.fround(mean[channel]) - mean[channel]) * factor[channel],
      ]);
      parallelRows(call, columns, rows * channels, (lane, offset, count) =>
        lane.run('normalizeColumns', x + offset, y.address + offset, count, columns.width, table),
      );
      return [y.tensor, meanOutput.tensor, varianceOutput.tensor];
    });
  },
});

/** Mean and biased variance of every channel; NaN where there are no rows. */
function channelMoments(
  call: KernelCall,
  x: number,
  rows: number,
  columns: Columns,
): {readonly mean: Float64Array; readonly variance: Float64Array} {
  const {channels, width} = columns;
  const bounds = chunkBounds(columns);
  const moments = rowChunkTables(call, columns, 2, (lane, {first, rows: count, target}) =>
    lane.run('columnMoments', x + first * width * FLOAT_BYTES, count, width, target),
  );
  const rest = restFloats(call, x, columns);
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let count = 0;
    let joinedMean = 0;
    let squares = 0;
    const join = (addedCount: number, addedMean: number, addedSquares: number): void => {
      const total = count + addedCount;
      const distance = addedMean - joinedMean;
      joinedMean += (distance * addedCount) / total;
      squares += addedSquares + (distance * distance * count * addedCount) / total;
      count = total;
    };
    if (columns.rows > 0) {
      for (let chunk = 0; chunk + 1 < bounds.length; chunk++) {
        const means = 2 * chunk * width;
        for (let column = channel; column < width; column += channels) {
          join(bounds[chunk + 1] - bounds[chunk], moments[means + column], moments[means + width + column]);
        }
      }
    }
    for (let column = channel; column < rest.length; column += channels) join(1, rest[column], 0);
    mean[channel] = count === 0 ? NaN : joinedMean;
    variance[channel] = squares / rows;
  }
  return {mean, variance};
}
