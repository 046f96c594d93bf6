// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';

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
    const mean = Float64Array.from(floatValues(kernelName, backend, inputs.mean));
    const variance = floatValues(kernelName, backend, inputs.variance);
    const scale = floatValues(kernelName, backend, inputs.scale);
    const channels = scale.length;
    const rows = inputs.x.shape[0];
    const inverseDeviation = Float64Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));

    const dOffset = new Float64Array(channels);
    const dScale = new Float64Array(channels);
    for (let i = 0; i < x.length; i += channels) {
      for (let c = 0; c < channels; c++) {
        dOffset[c] += dy[i + c];
        dScale[c] += dy[i + c] * (x[i + c] - mean[c]);
      }
    }
    for (let c = 0; c < channels; c++) dScale[c] *= inverseDeviation[c];

    const factor = inverseDeviation.map((value, c) => scale[c] * value);
    const dyMean = dOffset.map((value) => value / rows);
    const slope = dScale.map((value, c) => (value / rows) * inverseDeviation[c]);
    const dx = new Float32Array(x.length);
    for (let i = 0; i < x.length; i += channels) {
      for (let c = 0; c < channels; c++) {
        dx[i + c] = factor[c] * (dy[i + c] - dyMean[c] - (x[i + c] - mean[c]) * slope[c]);
      }
    }
    return [
      floatTensor(backend, inputs.x.shape, dx),
      floatTensor(backend, [channels], Float32Array.from(dScale)),
      floatTensor(backend, [channels], Float32Array.from(dOffset)),
    ];
  },
});
