// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {visitChannelRuns} from './channel-runs.js';

const kernelName = 'BatchNormTrainingGrad';

/**
 * With x̂ = (x − mean)/√(variance + epsilon) per channel: dOffset = Σdy, dScale = Σdy·x̂,
 * dx = scale/√(variance + epsilon)·(dy − dOffset/rows − x̂·dScale/rows).
 */
export const batchNormTrainingGrad = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {epsilon}, backend}) {
    const dy = floatValues(kernelName, backend, inputs.dy);
    const x = floatValues(kernelName, backend, inputs.x);
    const mean = floatValues(kernelName, backend, inputs.mean);
    const variance = floatValues(kernelName, backend, inputs.variance);
    const scale = floatValues(kernelName, backend, inputs.scale);
    const channels = scale.length;
    const rows = inputs.x.shape[0];
    const inverseDeviation = Float64Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));

    const dOffset = new Float64Array(channels);
    const dScale = new Float64Array(channels);
    visitChannelRuns(x.length, channels, (c, first, end) => {
      const channelMean = mean[c];
      let sum = 0;
      let product = 0;
      for (let i = first; i < end; i += channels) {
        sum += dy[i];
        product += dy[i] * (x[i] - channelMean);
      }
      dOffset[c] += sum;
      dScale[c] += product * inverseDeviation[c];
    });

    const dx = new Float32Array(x.length);
    visitChannelRuns(x.length, channels, (c, first, end) => {
      const channelMean = mean[c];
      const factor = scale[c] * inverseDeviation[c];
      const dyMean = dOffset[c] / rows;
      const slope = (dScale[c] / rows) * inverseDeviation[c];
      for (let i = first; i < end; i += channels) {
        dx[i] = factor * (dy[i] - dyMean - (x[i] - channelMean) * slope);
      }
    });
    return [
      floatTensor(backend, inputs.x.shape, dx),
      floatTensor(backend, [channels], Float32Array.from(dScale)),
      floatTensor(backend, [channels], Float32Array.from(dOffset)),
    ];
  },
});
