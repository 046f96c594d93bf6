// SPDX-License-Identifier: Apache-2.0
import {defineKernel, disposingOnError} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {NORMALIZE} from './batch-norm-inference.js';
import {sumColumns} from './column-sums.js';
import {requireBuffer, requireWorkingDevice} from './device.js';
import {runProgram} from './program.js';
import type {ColumnTerm} from './programs/column-sums.js';
import {perChannel} from './programs/per-channel.js';

const kernelName = 'BatchNormTraining';

const VALUES: ColumnTerm = {matrices: ['values'], vectors: [], uniforms: {}, expressions: ['valuesAt']};

const SQUARED_DEVIATIONS: ColumnTerm = {
  matrices: ['values'],
  vectors: ['mean'],
  uniforms: {},
  expressions: ['(valuesAt - meanAt) * (valuesAt - meanAt)'],
};

/**
 * y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with the mean and the biased variance of x's rows (Ioffe & Szegedy,
 * arXiv 1502.03167, algorithm 1), in five dispatches. The variance takes a pass of its own: adder outputs have means far larger than their deviations, which
 * E[x²] − E[x]² does not survive.
 */
export const batchNormTraining = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute({inputs: {x, scale, offset}, attrs: {epsilon}, backend}) {
    requireWorkingDevice(kernelName, backend);
    requireBuffer(`${kernelName}: x`, x.shape, backend);
    const [rows, channels] = x.shape;
    const size = [rows, channels] as const;
    if (rows === 0) {
      const nan = () => backend.makeTensorInfo([channels], 'float32', new Float32Array(channels).fill(NaN));
      return [backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0)), nan(), nan()];
    }
    return disposingOnError(backend, (keep) => {
      const [mean] = sumColumns(kernelName, backend, VALUES, [x], size, rows).map(keep);
      const [variance] = sumColumns(kernelName, backend, SQUARED_DEVIATIONS, [x, mean], size, rows).map(keep);
      const program = perChannel({...NORMALIZE, uniforms: {epsilon: {float: epsilon}}}, size);
      const y = runProgram(backend, kernelName, program, [x, mean, variance, scale, offset], x.shape);
      return [y, mean, variance];
    });
  },
});
