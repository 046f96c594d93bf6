// SPDX-License-Identifier: Apache-2.0
import {defineKernel, disposingOnError} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {sumColumns} from './column-sums.js';
import {requireBuffer, requireWorkingDevice} from './device.js';
import {runProgram} from './program.js';
import type {ColumnTerm} from './programs/column-sums.js';
import {type ChannelFormula, perChannel} from './programs/per-channel.js';

const kernelName = 'BatchNormTrainingGrad';

/** x̂ of an element. */
const NORMALIZED = '(valuesAt - meanAt) / sqrt(varianceAt + uniforms.epsilon)';

/** Σdy and Σdy·x̂. */
const SUMS: Omit<ColumnTerm, 'uniforms'> = {
  matrices: ['gradients', 'values'],
  vectors: ['mean', 'variance'],
  expressions: ['gradientsAt', `gradientsAt * (${NORMALIZED})`],
};

const INPUT_GRADIENT: Omit<ChannelFormula, 'uniforms'> = {
  matrices: ['gradients', 'values'],
  vectors: ['mean', 'variance', 'scale', 'scaleGradient', 'offsetGradient'],
  expression:
    `(gradientsAt - offsetGradientAt / uniforms.rows - ${NORMALIZED} * (scaleGradientAt / uniforms.rows)) * ` +
    '(scaleAt / sqrt(varianceAt + uniforms.epsilon))',
};

/**
 * With x̂ = (x − mean)/√(variance + epsilon) per channel: dOffset = Σdy, dScale = Σdy·x̂,
 * dx = scale/√(variance + epsilon)·(dy − dOffset/rows − x̂·dScale/rows), in four dispatches.
 */
export const batchNormTrainingGrad = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute({inputs: {dy, x, mean, variance, scale}, attrs: {epsilon}, backend}) {
    requireWorkingDevice(kernelName, backend);
    requireBuffer(`${kernelName}: x`, x.shape, backend);
    const [rows, channels] = x.shape;
    const size = [rows, channels] as const;
    if (rows === 0) {
      const zeros = () => backend.makeTensorInfo([channels], 'float32', new Float32Array(channels));
      return [backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0)), zeros(), zeros()];
    }
    const uniforms = {epsilon: {float: epsilon}};
    return disposingOnError(backend, (keep) => {
      const sums = {...SUMS, uniforms};
      const [dOffset, dScale] = sumColumns(kernelName, backend, sums, [dy, x, mean, variance], size, 1).map(keep);
      const program = perChannel({...INPUT_GRADIENT, uniforms: {...uniforms, rows: {float: rows}}}, size);
      const dx = runProgram(backend, kernelName, program, [dy, x, mean, variance, scale, dScale, dOffset], x.shape);
      return [dx, dScale, dOffset];
    });
  },
});
