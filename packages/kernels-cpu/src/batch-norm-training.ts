// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';

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
    for (let i = 0; i < x.length; i += channels) {
      for (let c = 0; c < channels; c++) mean[c] += x[i + c];
    }
    for (let c = 0; c < channels; c++) mean[c] /= rows;

    const variance = new Float64Array(channels);
    for (let i = 0; i < x.length; i += channels) {
      for (let c = 0; c < channels; c++) {
        const deviation = x[i + c] - mean[c];
        variance[c] += deviation * deviation;
      }
    }
    for (let c = 0; c < channels; c++) variance[c] /= rows;

    const factor = variance.map((value, c) => scale[c] / Math.sqrt(value + epsilon));
    const y = new Float32Array(x.length);
    for (let i = 0; i < x.length; i += channels) {
      for (let c = 0; c < channels; c++) y[i + c] = (x[i + c] - mean[c]) * factor[c] + offset[c];
    }
    return [
      floatTensor(backend, inputs.x.shape, y),
      floatTensor(backend, [channels], Float32Array.from(mean)),
      floatTensor(backend, [channels], Float32Array.from(variance)),
    ];
  },
});
