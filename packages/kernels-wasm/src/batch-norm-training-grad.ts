// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {channelSums, columnTable, parallelRows, restFloats, sumRowChunks, wideColumns} from './columns.js';
import {FLOAT_BYTES, runKernel} from './kernel-call.js';

const kernelName = 'BatchNormTrainingGrad';

/**
 * With x̂ = (x − mean)/√(variance + epsilon) per channel: dOffset = Σdy, dScale = Σdy·x̂,
 * dx = scale/√(variance + epsilon)·(dy − dOffset/rows − x̂·dScale/rows).
 */
export const batchNormTrainingGrad = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {epsilon}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const [rows = 0, channels = 0] = inputs.x.shape;
      const dy = call.address(inputs.dy);
      const x = call.address(inputs.x);
      const meanAddress = call.address(inputs.mean);
      const varianceAddress = call.address(inputs.variance);
      const scaleAddress = call.address(inputs.scale);
      const dx = call.output(inputs.x.shape);
      const dScaleOutput = call.output([channels]);
      const dOffsetOutput = call.output([channels]);
      const mean = call.floats(meanAddress, channels).slice();
      const variance = call.floats(varianceAddress, channels).slice();
      const scale = call.floats(scaleAddress, channels).slice();
      const inverseDeviation = Float64Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));

      const columns = wideColumns(rows, channels);
      const {width} = columns;
      const means = columnTable(call, columns, [(channel) => mean[channel]]);
      const wide = sumRowChunks(call, columns, 2, (lane, {first, rows: count, target}) => {
        const offset = first * width * FLOAT_BYTES;
        lane.run('batchNormGradientSums', dy + offset, x + offset, count, width, means, target);
      });
      const dyRest = restFloats(call, dy, columns);
      const xRest = restFloats(call, x, columns);
      const products = dyRest.map((value, column) => value * (xRest[column] - mean[column % channels]));
      const dOffset = channelSums(columns, wide.subarray(0, width), dyRest);
      // Without rows the mean is NaN, and the sums are over nothing.
      const dScale = channelSums(columns, wide.subarray(width), products).map((sum, channel) =>
        rows === 0 ? 0 : sum * inverseDeviation[channel],
      );
      call.floats(dScaleOutput.address, channels).set(dScale);
      call.floats(dOffsetOutput.address, channels).set(dOffset);

      const factor = inverseDeviation.map((value, channel) => value * scale[channel]);
      const table = columnTable(call, columns, [
        (channel) => mean[channel],
        (channel) => factor[channel],
        (channel) => (-factor[channel] * inverseDeviation[channel] * dScale[channel]) / rows,
        (channel) => (-factor[channel] * dOffset[channel]) / rows,
      ]);
      parallelRows(call, columns, rows * channels, (lane, offset, count) =>
        lane.run('batchNormInputGradient', dy + offset, x + offset, dx.address + offset, count, width, table),
      );
      return [dx.tensor, dScaleOutput.tensor, dOffsetOutput.tensor];
    });
  },
});
