// SPDX-License-Identifier: Apache-2.0
import {backend, getBackend, type KernelConfig, registerKernel} from '@tensorflow/tfjs-core';
import {type AddernetKernelName, KERNEL_NAMES} from '../contract.js';
import {registeredKernel, replaceable} from '../register-kernels.js';
import {composedAdderConv2D} from './adder-conv2d.js';
import {composedAdderConv2DBackpropFilter} from './adder-conv2d-backprop-filter.js';
import {composedAdderConv2DBackpropInput} from './adder-conv2d-backprop-input.js';
import {composedBatchNormInference} from './batch-norm-inference.js';
import {composedBatchNormTraining} from './batch-norm-training.js';
import {composedBatchNormTrainingGrad} from './batch-norm-training-grad.js';
import {composedFusedAdderConv2D} from './fused-adder-conv2d.js';
import {composedFusedGroupedConv2D} from './fused-grouped-conv2d.js';
import {composedGroupedConv2D} from './grouped-conv2d.js';
import {composedGroupedConv2DBackpropFilter} from './grouped-conv2d-backprop-filter.js';
import {composedGroupedConv2DBackpropInput} from './grouped-conv2d-backprop-input.js';
import {sayOnce} from './say-composed.js';

type Compose = (backendName: string) => KernelConfig;

const COMPOSED: Readonly<Record<AddernetKernelName, Compose>> = {
  AdderConv2D: composedAdderConv2D,
  AdderConv2DBackpropInput: composedAdderConv2DBackpropInput,
  AdderConv2DBackpropFilter: composedAdderConv2DBackpropFilter,
  GroupedConv2D: composedGroupedConv2D,
  GroupedConv2DBackpropInput: composedGroupedConv2DBackpropInput,
  GroupedConv2DBackpropFilter: composedGroupedConv2DBackpropFilter,
  FusedAdderConv2D: (name) => composedFusedAdderConv2D(name, () => ensureKernel('AdderConv2D')),
  FusedGroupedConv2D: (name) => composedFusedGroupedConv2D(name, () => ensureKernel('GroupedConv2D')),
  BatchNormTraining: composedBatchNormTraining,
  BatchNormTrainingGrad: composedBatchNormTrainingGrad,
  BatchNormInference: composedBatchNormInference,
};

/**
 * These run other kernels of TF.js or of Addernet as far as those go, which needs no word; where they do not, those say so themselves.
 */
const SAYS_SO_ITSELF: readonly AddernetKernelName[] = [
  'GroupedConv2D',
  'GroupedConv2DBackpropInput',
  'GroupedConv2DBackpropFilter',
  'FusedAdderConv2D',
  'FusedGroupedConv2D',
];

/**
 * Every kernel of Addernet composed of TF.js ops, for any backend: slow and correct. Ops register them by themselves where a backend has no
 * kernel; registering them beforehand spares the warning. `registerKernels` replaces them without `override`.
 */
export function composedKernels(backendName: string): readonly KernelConfig[] {
  return KERNEL_NAMES.map((name) => replaceable(COMPOSED[name](backendName)));
}

/** Gives the current backend a kernel composed of TF.js ops where it has none, for `registerKernels` to replace. */
export function ensureKernel(name: AddernetKernelName): void {
  backend(); // starts the default backend if none is, which getBackend does not
  const backendName = getBackend();
  if (registeredKernel(name, backendName) !== undefined) return;
  registerKernel(replaceable(COMPOSED[name](backendName)));
  if (!SAYS_SO_ITSELF.includes(name)) sayOnce(name, backendName)();
}
