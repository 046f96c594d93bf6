// SPDX-License-Identifier: Apache-2.0
import {registerKernels} from '@addernet/core';
import {getKernelsForBackend, type KernelConfig} from '@tensorflow/tfjs-core';
import {adderConv2d} from './adder-conv2d.js';
import {adderConv2dBackpropFilter} from './adder-conv2d-backprop-filter.js';
import {adderConv2dBackpropInput} from './adder-conv2d-backprop-input.js';
import {BACKEND_NAME} from './backend.js';
import {batchNormInference} from './batch-norm-inference.js';
import {batchNormTraining} from './batch-norm-training.js';
import {batchNormTrainingGrad} from './batch-norm-training-grad.js';
import {fusedAdderConv2d} from './fused-adder-conv2d.js';
import {fusedGroupedConv2d} from './fused-grouped-conv2d.js';
import {groupedConv2d} from './grouped-conv2d.js';
import {groupedConv2dBackpropFilter} from './grouped-conv2d-backprop-filter.js';
import {groupedConv2dBackpropInput} from './grouped-conv2d-backprop-input.js';
import {identity} from './identity.js';
import {rangeGrad, registerRangeGradients} from './range-grad.js';
import {avgPoolGrad} from './tfjs/avg-pool-grad.js';
import {batchMatMul} from './tfjs/batch-mat-mul.js';
import {conv2dBackpropFilter} from './tfjs/conv2d-backprop-filter.js';
import {conv2dBackpropInput} from './tfjs/conv2d-backprop-input.js';
import {conv2d} from './tfjs/conv2d.js';
import {depthwiseConv2dBackpropFilter} from './tfjs/depthwise-conv2d-backprop-filter.js';
import {depthwiseConv2dBackpropInput} from './tfjs/depthwise-conv2d-backprop-input.js';
import {depthwiseConv2d} from './tfjs/depthwise-conv2d.js';
import {fusedBatchNormGrad, registerBatchNormGradient} from './tfjs/fused-batch-norm-grad.js';
import {maxPoolGrad} from './tfjs/max-pool-grad.js';
import {mean, sum} from './tfjs/reductions.js';
import {unsortedSegmentSum} from './tfjs/unsorted-segment-sum.js';

export {WasmOutOfMemoryError, WasmUnavailableError} from './errors.js';

/** Every kernel of core's contract, for TF.js's 'wasm' backend. */
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

/** Kernels of TF.js that its wasm backend lacks: without them it trains nothing that convolves or embeds. */
export const additions: readonly KernelConfig[] = [
  conv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  depthwiseConv2dBackpropFilter,
  unsortedSegmentSum,
];

/**
 * Kernels that take the place of slow or wrong ones of TF.js's own, on request. RangeGrad serves TF.js's gradients of ReLU, ReLU6 and clipByValue,
 * which are three to five kernels otherwise, and FusedBatchNormGrad that of batchNorm, some twenty.
 */
export const replacements: readonly KernelConfig[] = [
  avgPoolGrad,
  batchMatMul,
  conv2d,
  conv2dBackpropInput,
  depthwiseConv2d,
  fusedBatchNormGrad,
  identity,
  maxPoolGrad,
  mean,
  rangeGrad,
  sum,
];

/**
 * Registers the kernels with TF.js. Doing so again changes nothing. The backend itself comes from `@tensorflow/tfjs-backend-wasm`; it may be
 * imported before or after. Of `additions`, those are left out whose place is taken, by somebody else or by a version of TF.js that has them.
 *
 * @throws KernelRegistrationError when the wasm backend has other kernels of core's names, unless `override`, which also lets `additions` and
 * `replacements` take the place of TF.js's kernels.
 */
export function register(options: {readonly override?: boolean} = {}): void {
  const replaces = options.override === true;
  registerKernels(replaces ? [...kernels, ...additions, ...replacements] : [...kernels, ...absent(additions)], options);
  if (!replaces) return;
  registerRangeGradients();
  registerBatchNormGradient();
}

function absent(candidates: readonly KernelConfig[]): readonly KernelConfig[] {
  const present = new Set(getKernelsForBackend(BACKEND_NAME).map(({kernelName}) => kernelName));
  return candidates.filter(({kernelName}) => !present.has(kernelName));
}
