// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {columnTable, channelSums, doubles, restFloats, scratchDoubles, wideColumns} from './columns.js';
import {runKernel} from './kernel-call.js';

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
      const sums = scratchDoubles(call, 2, columns);
      call.kernels.batchNormGradientSums(dy, x, columns.rows, width, means, sums);
      const wide = doubles(call, sums, 2 * width);
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
      call.kernels.batchNormInputGradient(dy, x, dx.address, rows * channels, width, table);
      return [dx.tensor, dScaleOutput.tensor, dOffsetOutput.tensor];
    });
  },
});
