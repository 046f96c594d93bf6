// SPDX-License-Identifier: Apache-2.0
import {getKernel, type KernelConfig, registerKernel, unregisterKernel} from '@tensorflow/tfjs-core';
import {KernelRegistrationError} from '../errors.js';

/** Marks composed kernels; a registered symbol, so that a second copy of this package knows them too. */
const REPLACEABLE = Symbol.for('@addernet/core.replaceable-kernel');

/** The same kernel, marked so that `registerKernels` may replace it without `override`. */
export function replaceable(kernel: KernelConfig): KernelConfig {
  return Object.assign({}, kernel, {[REPLACEABLE]: true});
}

/** Whether a kernel is a composed stand-in, which a real one replaces. */
export function isReplaceable(kernel: KernelConfig): boolean {
  return REPLACEABLE in kernel;
}

/**
 * Registers kernels with TF.js. All or none: what stands in the way is found before anything is changed. Registering the very same config
 * again does nothing; a composed kernel gives way; anything else in the place is an error unless `override`.
 *
 * @throws KernelRegistrationError when a place is taken, or named twice in `kernels`.
 */
export function registerKernels(kernels: readonly KernelConfig[], options: {readonly override?: boolean} = {}): void {
  const seen = new Map<string, KernelConfig>();
  const fresh: KernelConfig[] = [];
  for (const kernel of kernels) {
    const {kernelName, backendName} = kernel;
    const key = `${backendName}/${kernelName}`;
    const twin = seen.get(key);
    if (twin === kernel) continue;
    if (twin !== undefined) {
      throw new KernelRegistrationError(
        `registerKernels: two different kernels for ${kernelName} on backend '${backendName}' were given; expected one`,
      );
    }
    seen.set(key, kernel);
    const existing = registeredKernel(kernelName, backendName);
    if (existing === kernel) continue;
    if (existing !== undefined && !isReplaceable(existing) && options.override !== true) {
      throw new KernelRegistrationError(
        `registerKernels: backend '${backendName}' already has a kernel for ${kernelName}; ` +
          'pass {override: true} to replace it',
      );
    }
    fresh.push(kernel);
  }
  for (const kernel of fresh) {
    const {kernelName, backendName} = kernel;
    // TF.js would overwrite as well, but warns.
    if (registeredKernel(kernelName, backendName) !== undefined) unregisterKernel(kernelName, backendName);
    registerKernel(kernel);
  }
}

/** TF.js's `getKernel`, with the type that it has in truth. */
export function registeredKernel(kernelName: string, backendName: string): KernelConfig | undefined {
  return getKernel(kernelName, backendName);
}
