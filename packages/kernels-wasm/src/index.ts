// SPDX-License-Identifier: Apache-2.0
import {registerKernels} from '@addernet/core';
import type {KernelConfig} from '@tensorflow/tfjs-core';
import {adderConv2d} from './adder-conv2d.js';
import {adderConv2dBackpropFilter} from './adder-conv2d-backprop-filter.js';
import {adderConv2dBackpropInput} from './adder-conv2d-backprop-input.js';
import {batchNormInference} from './batch-norm-inference.js';
import {batchNormTraining} from './batch-norm-training.js';
import {batchNormTrainingGrad} from './batch-norm-training-grad.js';
import {groupedConv2d} from './grouped-conv2d.js';
import {groupedConv2dBackpropFilter} from './grouped-conv2d-backprop-filter.js';
import {groupedConv2dBackpropInput} from './grouped-conv2d-backprop-input.js';
import {identity} from './identity.js';
import {registerReluGradient, reluGrad} from './relu-grad.js';

export {WasmOutOfMemoryError, WasmUnavailableError} from './errors.js';

/** Every kernel of this package, for TF.js's 'wasm' backend. */
export const kernels: readonly KernelConfig[] = [
  adderConv2d,
  adderConv2dBackpropInput,
  adderConv2dBackpropFilter,
  groupedConv2d,
  groupedConv2dBackpropInput,
  groupedConv2dBackpropFilter,
  batchNormTraining,
  batchNormTrainingGrad,
];

/** Kernels that take the place of slow ones of TF.js's own, on request. ReluGrad serves TF.js's gradient of ReLU, which is three kernels otherwise. */
export const replacements: readonly KernelConfig[] = [identity, reluGrad];

/**
 * Registers the kernels with TF.js. Doing so again changes nothing. The backend itself comes from `@tensorflow/tfjs-backend-wasm`; it may be
 * imported before or after.
 *
 * @throws KernelRegistrationError when the wasm backend has other kernels of these names, unless `override`, which also lets `replacements` take the
 * place of TF.js's kernels.
 */
export function register(options: {readonly override?: boolean} = {}): void {
  const replaces = options.override === true;
  registerKernels(replaces ? [...kernels, ...replacements] : kernels, options);
  // Core puts a kernel made of TF.js ops in this place when it first needs one.
  registerKernels([batchNormInference], {override: true});
  if (replaces) registerReluGradient();
}
