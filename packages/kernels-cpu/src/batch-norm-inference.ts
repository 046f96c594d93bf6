// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {visitChannelRuns} from './channel-runs.js';

const kernelName = 'BatchNormInference';

/** y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with given statistics. */
export const batchNormInference = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {epsilon}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const mean = floatValues(kernelName, backend, inputs.mean);
    const variance = floatValues(kernelName, backend, inputs.variance);
    const scale = floatValues(kernelName, backend, inputs.scale);
    const offset = floatValues(kernelName, backend, inputs.offset);
    const channels = scale.length;
    const y = new Float32Array(x.length);
    visitChannelRuns(x.length, channels, (c, first, end) => {
      const channelMean = mean[c];
      const factor = scale[c] / Math.sqrt(variance[c] + epsilon);
      const channelOffset = offset[c];
      for (let i = first; i < end; i += channels) y[i] = (x[i] - channelMean) * factor + channelOffset;
    });
    return floatTensor(backend, inputs.x.shape, y);
  },
});
