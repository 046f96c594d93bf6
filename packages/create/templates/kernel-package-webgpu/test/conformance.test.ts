// SPDX-License-Identifier: Apache-2.0
import {describeKernelConformance} from '@addernet/conformance/vitest';
import {webgpuBackend} from '@addernet/kernels-webgpu/plugin';
import {describe} from 'vitest';
import {register} from '../src/index.js';

// In Node this also makes the package 'webgpu' (Dawn) the process's WebGPU, and imports TF.js's backend.
const unavailable = await webgpuBackend.unavailableReason();
const inCi = !['', 'false', undefined].includes(process.env['CI']);

// Runners may not show the names of what they skip.
if (unavailable !== undefined) console.warn(unavailable);

/** A part of the kit, for the time in which a kernel is written: CASES='AdderConv2D/stride-*' npm test. */
const {CASES} = process.env;

// Where there is no GPU the tests are skipped, by name; in CI they fail.
describe.skipIf(unavailable !== undefined && !inCi)(unavailable ?? 'on a GPU, or what stands in for one', () => {
  describeKernelConformance({
    backend: 'webgpu',
    start: () => {
      if (unavailable !== undefined) throw new Error(unavailable);
    },
    register: () => register(),
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
    ...(CASES === undefined ? {} : {filter: CASES}),
  });
});
