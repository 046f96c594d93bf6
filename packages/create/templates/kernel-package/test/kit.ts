// SPDX-License-Identifier: Apache-2.0
import type {ConformanceOptions} from '@addernet/conformance';

/** To what the conformance kit holds the kernels of this package. */
export const kit = {
  // Leave this out to hold all ops to the kit, those that run on composed kernels too.
  ops: ['AdderConv2D'],
  expectKernels: 'own',
  exclusions: [
    {
      op: 'AdderConv2D',
      rule: 'kernels-in-use',
      cases: '*',
      quantities: ['kernel AdderConv2DBackpropInput', 'kernel AdderConv2DBackpropFilter'],
      // Excluded checks run all the same: once there is a kernel for a gradient, the kit says that its exclusion has to go.
      reason: 'this package has no kernels for gradients yet; they run on kernels composed of TF.js ops',
    },
  ],
} as const satisfies Omit<ConformanceOptions, 'backend'>;
