// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebglBackend} from './backend.js';
import {requireWorkingContext} from './device.js';
import {runProgram} from './program.js';
import {type ChannelFormula, perChannel} from './programs/per-channel.js';

const kernelName = 'BatchNormInference';

/** (values − mean)/√(variance + epsilon)·scale + offset. */
export const NORMALIZE: Omit<ChannelFormula, 'uniforms'> = {
  matrices: ['values'],
  vectors: ['mean', 'variance', 'scale', 'offset'],
  expression: '(valuesTexel - meanTexel) * (scaleTexel / sqrt(varianceTexel + epsilon)) + offsetTexel',
};

/** y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with given statistics. */
export const batchNormInference = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebglBackend,
  compute({inputs: {x, mean, variance, scale, offset}, attrs: {epsilon}, backend}) {
    requireWorkingContext(kernelName, backend);
    const [rows, channels] = x.shape;
    if (rows === 0) return backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0));
    const formula = {...NORMALIZE, uniforms: {epsilon: {float: epsilon}}};
    return runProgram(backend, perChannel(formula, [rows, channels]), [x, mean, variance, scale, offset], x.shape);
  },
});
