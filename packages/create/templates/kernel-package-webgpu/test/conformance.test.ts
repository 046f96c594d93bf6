// SPDX-License-Identifier: Apache-2.0
import {describeKernelConformance} from '@addernet/conformance/vitest';
import {webgpuBackend} from '@addernet/kernels-webgpu/plugin';
import {describe} from 'vitest';
import {register} from '../src/index.js';
import {kit} from './kit.js';

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
    ...kit,
    ...(CASES === undefined ? {} : {filter: CASES}),
  });
});
