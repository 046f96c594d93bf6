// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {visitChannelRuns} from './channel-runs.js';

const kernelName = 'BatchNormTraining';

/**
 * y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with the mean and the biased variance of x's rows (Ioffe & Szegedy,
 * arXiv 1502.03167, algorithm 1). The variance takes a pass of its own: adder outputs have means far larger than their deviations, which
 * E[x²] − E[x]² does not survive.
 */
export const batchNormTraining = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {epsilon}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const scale = floatValues(kernelName, backend, inputs.scale);
    const offset = floatValues(kernelName, backend, inputs.offset);
    const channels = scale.length;
    const rows = inputs.x.shape[0];

    const mean = new Float64Array(channels);
    visitChannelRuns(x.length, channels, (c, first, end) => {
      let sum = 0;
      for (let i = first; i < end; i += channels) sum += x[i];
      mean[c] += sum;
    });
    for (let c = 0; c < channels; c++) mean[c] /= rows;

    const variance = new Float64Array(channels);
    visitChannelRuns(x.length, channels, (c, first, end) => {
      const channelMean = mean[c];
      let sum = 0;
      for (let i = first; i < end; i += channels) {
        const deviation = x[i] - channelMean;
        sum += deviation * deviation;
      }
      variance[c] += sum;
    });
    for (let c = 0; c < channels; c++) variance[c] /= rows;

    const y = new Float32Array(x.length);
    visitChannelRuns(x.length, channels, (c, first, end) => {
      const channelMean = mean[c];
      const factor = scale[c] / Math.sqrt(variance[c] + epsilon);
      const channelOffset = offset[c];
      for (let i = first; i < end; i += channels) y[i] = (x[i] - channelMean) * factor + channelOffset;
    });
    return [
      floatTensor(backend, inputs.x.shape, y),
      floatTensor(backend, [channels], Float32Array.from(mean)),
      floatTensor(backend, [channels], Float32Array.from(variance)),
    ];
  },
});
