// SPDX-License-Identifier: Apache-2.0
import {registerKernels} from '@addernet/core';
import type {KernelConfig} from '@tensorflow/tfjs-core';
import {adderConv2d} from './adder-conv2d.js';

/**
 * Every kernel of this package, for TF.js's 'cpu' backend. Each of `KERNEL_NAMES` of @addernet/core can stand here; ops without a kernel run
 * on one composed of TF.js ops, which is right, but slow.
 */
export const kernels: readonly KernelConfig[] = [adderConv2d];

/**
 * Registers the kernels with TF.js. Doing so again changes nothing.
 *
 * @throws KernelRegistrationError when the backend has other kernels of these names, unless `override`.
 */
export function register(options: {readonly override?: boolean} = {}): void {
  registerKernels(kernels, options);
}
