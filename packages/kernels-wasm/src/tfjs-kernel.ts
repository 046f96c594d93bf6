// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import type {KernelConfig, NamedAttrMap, TensorInfo} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {type KernelCall, runKernel} from './kernel-call.js';

/** What TF.js hands to a kernel that is not of core's contract. */
export interface TfjsArguments {
  readonly kernelName: string;
  readonly attrs: NamedAttrMap;
  /** @throws KernelCallError that names a missing input */
  readonly input: (name: string) => TensorInfo;
}

/** A kernel under a name that is not in core's contract: TF.js's own, or one that only this package knows. */
export function defineTfjsKernel(
  kernelName: string,
  compute: (call: KernelCall, given: TfjsArguments) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc({inputs, attrs, backend}) {
      if (!isWasmBackend(backend)) {
        throw new KernelCallError(
          `${kernelName}: expected TF.js's wasm backend; was handed ${backend.constructor.name}`,
        );
      }
      const input = (name: string): TensorInfo => {
        const tensor = inputs[name];
        if (tensor !== undefined) return tensor;
        throw new KernelCallError(
          `${kernelName}: input '${name}' is missing; given ${Object.keys(inputs).join(', ') || 'none'}`,
        );
      };
      return runKernel(kernelName, backend, (call) => compute(call, {kernelName, attrs: attrs ?? {}, input}));
    },
  };
}
