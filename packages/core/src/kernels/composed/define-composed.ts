// SPDX-License-Identifier: Apache-2.0
import {type KernelConfig, type Tensor, type TensorInfo, tidy} from '@tensorflow/tfjs-core';
import type {AddernetKernelName, KernelTable} from '../contract.js';
import {defineKernel} from '../define-kernel.js';
import {asTensor} from './as-tensor.js';

/** A kernel for any backend, written in TF.js ops; what it allocates on the way is freed. */
export function defineComposed<Name extends AddernetKernelName>(
  kernelName: Name,
  backendName: string,
  compute: (
    tensor: (info: TensorInfo) => Tensor,
    inputs: KernelTable[Name]['inputs'],
    attrs: KernelTable[Name]['attrs'],
  ) => KernelTable[Name]['outputs'] & (Tensor | Tensor[]),
): KernelConfig {
  return defineKernel({
    kernelName,
    backendName,
    isBackend: (backend): backend is object => typeof backend === 'object' && backend !== null,
    compute: ({inputs, attrs}) => tidy(() => compute(asTensor, inputs, attrs)),
  });
}
