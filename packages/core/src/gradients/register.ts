// SPDX-License-Identifier: Apache-2.0
import {getGradient, type GradConfig, registerGradient, type Tensor} from '@tensorflow/tfjs-core';
import {GradientError} from '../errors.js';
import type {AddernetKernelName} from '../kernels/contract.js';

/** Registers a gradient with TF.js unless its kernel has one. */
export function registerGradientOnce(config: GradConfig): void {
  const existing: GradConfig | undefined = getGradient(config.kernelName);
  if (existing === undefined) registerGradient(config);
}

/** Makes the gradient of a kernel that has none an error which says so; TF.js would only say that none was found. */
export function registerNoGradient(kernelName: AddernetKernelName, explanation: string): void {
  registerGradientOnce({
    kernelName,
    gradFunc: () => {
      throw new GradientError(`${kernelName}: ${explanation}`);
    },
  });
}

/** dy of a kernel with one output. */
export function single(dy: Tensor | Tensor[]): Tensor {
  if (!Array.isArray(dy)) return dy;
  const [first] = dy;
  if (first === undefined) throw new GradientError('gradient: no dy was given; expected one');
  return first;
}

/** The first `count` tensors that TF.js kept for a gradient. */
export function savedTensors<Count extends keyof Tuples>(
  kernelName: string,
  saved: readonly Tensor[],
  count: Count,
): Tuples[Count] {
  if (isTuple(saved, count)) return saved;
  throw new GradientError(`${kernelName}: ${saved.length} tensors were kept for the gradient; expected ${count}`);
}

interface Tuples {
  2: readonly [Tensor, Tensor];
  3: readonly [Tensor, Tensor, Tensor];
  4: readonly [Tensor, Tensor, Tensor, Tensor];
}

function isTuple<Count extends keyof Tuples>(values: readonly Tensor[], count: Count): values is Tuples[Count] {
  return values.length === count;
}
