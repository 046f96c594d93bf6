// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWebgpuBackend} from './backend.js';
import {requireBuffer, requireWorkingDevice} from './device.js';
import {runProgram} from './program.js';
import {type ChannelFormula, perChannel} from './programs/per-channel.js';

const kernelName = 'BatchNormInference';

/** (values − mean)/√(variance + epsilon)·scale + offset. */
export const NORMALIZE: Omit<ChannelFormula, 'uniforms'> = {
  matrices: ['values'],
  vectors: ['mean', 'variance', 'scale', 'offset'],
  expression: '(valuesAt - meanAt) * (scaleAt / sqrt(varianceAt + uniforms.epsilon)) + offsetAt',
};

/** y = (x − mean)/√(variance + epsilon)·scale + offset per channel, with given statistics. */
export const batchNormInference = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWebgpuBackend,
  compute({inputs: {x, mean, variance, scale, offset}, attrs: {epsilon}, backend}) {
    requireWorkingDevice(kernelName, backend);
    requireBuffer(`${kernelName}: x`, x.shape, backend);
    const [rows, channels] = x.shape;
    if (rows === 0) return backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0));
    const program = perChannel({...NORMALIZE, uniforms: {epsilon: {float: epsilon}}}, [rows, channels]);
    return runProgram(backend, kernelName, program, [x, mean, variance, scale, offset], x.shape);
  },
});
