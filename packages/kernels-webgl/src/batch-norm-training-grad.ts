// SPDX-License-Identifier: Apache-2.0
import {defineKernel, disposingOnError} from '@addernet/core';
import {BACKEND_NAME, isWebglBackend} from './backend.js';
import {sumColumns} from './column-sums.js';
import {requireFloat32, requireWorkingContext} from './device.js';
import {runProgram} from './program.js';
import type {ColumnTerm} from './programs/column-sums.js';
import {type ChannelFormula, perChannel} from './programs/per-channel.js';

const kernelName = 'BatchNormTrainingGrad';

/** x̂ of a texel. */
const NORMALIZED = '(valuesTexel - meanTexel) / sqrt(varianceTexel + epsilon)';

/** Σdy and Σdy·x̂. */
const SUMS: Omit<ColumnTerm, 'uniforms'> = {
  matrices: ['gradients', 'values'],
  vectors: ['mean', 'variance'],
  first: 'gradientsTexel',
  second: `gradientsTexel * (${NORMALIZED})`,
};

const INPUT_GRADIENT: Omit<ChannelFormula, 'uniforms'> = {
  matrices: ['gradients', 'values'],
  vectors: ['mean', 'variance', 'scale', 'scaleGradient', 'offsetGradient'],
  expression:
    `(gradientsTexel - offsetGradientTexel / rows - ${NORMALIZED} * (scaleGradientTexel / rows)) * ` +
    '(scaleTexel / sqrt(varianceTexel + epsilon))',
};

/**
 * With x̂ = (x − mean)/√(variance + epsilon) per channel: dOffset = Σdy, dScale = Σdy·x̂,
 * dx = scale/√(variance + epsilon)·(dy − dOffset/rows − x̂·dScale/rows), in four draws.
 */
export const batchNormTrainingGrad = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebglBackend,
  compute({inputs: {dy, x, mean, variance, scale}, attrs: {epsilon}, backend}) {
    requireWorkingContext(kernelName, backend);
    requireFloat32(kernelName);
    const [rows, channels] = x.shape;
    const size = [rows, channels] as const;
    if (rows === 0) {
      const zeros = () => backend.makeTensorInfo([channels], 'float32', new Float32Array(channels));
      return [backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0)), zeros(), zeros()];
    }
    const uniforms = {epsilon: {float: epsilon}};
    return disposingOnError(backend, (keep) => {
      const sums = {...SUMS, uniforms};
      const [dOffset, dScale] = sumColumns(kernelName, backend, sums, [dy, x, mean, variance], size, {
        divisor: 1,
        count: 2,
      }).map(keep);
      const formula = {...INPUT_GRADIENT, uniforms: {...uniforms, rows: {float: rows}}};
      const dx = runProgram(
        backend,
        perChannel(formula, size),
        [dy, x, mean, variance, scale, dScale, dOffset],
        x.shape,
      );
      return [dx, dScale, dOffset];
    });
  },
});
