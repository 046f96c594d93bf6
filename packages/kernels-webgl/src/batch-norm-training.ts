// SPDX-License-Identifier: Apache-2.0
import {defineKernel, disposingOnError} from '@addernet/core';
import {BACKEND_NAME, isWebglBackend} from './backend.js';
import {NORMALIZE} from './batch-norm-inference.js';
import {sumColumns} from './column-sums.js';
import {requireFloat32, requireWorkingContext} from './device.js';
import {runProgram} from './program.js';
import type {ColumnTerm} from './programs/column-sums.js';
import {perChannel} from './programs/per-channel.js';

const kernelName = 'BatchNormTraining';

const VALUES: ColumnTerm = {matrices: ['values'], vectors: [], uniforms: {}, first: 'valuesTexel'};

const SQUARED_DEVIATIONS: ColumnTerm = {
  matrices: ['values'],
  vectors: ['mean'],
  uniforms: {},
  first: '(valuesTexel - meanTexel) * (valuesTexel - meanTexel)',
};

/**
 * y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with the mean and the biased variance of x's rows (Ioffe & Szegedy,
 * arXiv 1502.03167, algorithm 1), in five draws. The variance takes a pass of its own: adder outputs have means far larger than their deviations, which
 * E[x²] − E[x]² does not survive.
 */
export const batchNormTraining = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebglBackend,
  compute({inputs: {x, scale, offset}, attrs: {epsilon}, backend}) {
    requireWorkingContext(kernelName, backend);
    requireFloat32(kernelName);
    const [rows, channels] = x.shape;
    const size = [rows, channels] as const;
    if (rows === 0) {
      const nan = () => backend.makeTensorInfo([channels], 'float32', new Float32Array(channels).fill(NaN));
      return [backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0)), nan(), nan()];
    }
    const average = {divisor: rows, count: 1} as const;
    return disposingOnError(backend, (keep) => {
      const [mean] = sumColumns(kernelName, backend, VALUES, [x], size, average).map(keep);
      const [variance] = sumColumns(kernelName, backend, SQUARED_DEVIATIONS, [x, mean], size, average).map(keep);
      const formula = {...NORMALIZE, uniforms: {epsilon: {float: epsilon}}};
      const y = runProgram(backend, perChannel(formula, size), [x, mean, variance, scale, offset], x.shape);
      return [y, mean, variance];
    });
  },
});
