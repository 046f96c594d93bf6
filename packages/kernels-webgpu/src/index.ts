// SPDX-License-Identifier: Apache-2.0
import {registerKernels} from '@addernet/core';
import type {KernelConfig} from '@tensorflow/tfjs-core';
import {adderConv2d} from './adder-conv2d.js';
import {adderConv2dBackpropFilter} from './adder-conv2d-backprop-filter.js';
import {adderConv2dBackpropInput} from './adder-conv2d-backprop-input.js';
import {batchNormInference} from './batch-norm-inference.js';
import {batchNormTraining} from './batch-norm-training.js';
import {batchNormTrainingGrad} from './batch-norm-training-grad.js';
import {fusedAdderConv2d} from './fused-adder-conv2d.js';
import {fusedGroupedConv2d} from './fused-grouped-conv2d.js';
import {groupedConv2d} from './grouped-conv2d.js';
import {groupedConv2dBackpropFilter} from './grouped-conv2d-backprop-filter.js';
import {groupedConv2dBackpropInput} from './grouped-conv2d-backprop-input.js';

export {deviceLoss} from './device.js';
export {WebgpuDeviceLostError, WebgpuLimitError, WebgpuUnavailableError} from './errors.js';

/** Every kernel of this package, for TF.js's 'webgpu' backend. */
export const kernels: readonly KernelConfig[] = [
  adderConv2d,
  adderConv2dBackpropInput,
  adderConv2dBackpropFilter,
  groupedConv2d,
  groupedConv2dBackpropInput,
  groupedConv2dBackpropFilter,
  fusedAdderConv2d,
  fusedGroupedConv2d,
  batchNormTraining,
  batchNormTrainingGrad,
  batchNormInference,
];

/**
 * Registers the kernels with TF.js. Doing so again changes nothing. The backend itself comes from `@tensorflow/tfjs-backend-webgpu`; it may be
 * imported before or after.
 *
 * @throws KernelRegistrationError when the webgpu backend has other kernels of these names, unless `override`.
 */
export function register(options: {readonly override?: boolean} = {}): void {
  registerKernels(kernels, options);
}
