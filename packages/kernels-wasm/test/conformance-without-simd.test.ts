// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import {describeKernelConformance} from '@addernet/conformance/vitest';
import * as tf from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {register} from '../src/index.js';
import {usesSimd} from '../src/kernel-module.js';

// Before the backend starts: TF.js then loads its build without SIMD, and the kernels theirs.
tf.env().set('WASM_HAS_SIMD_SUPPORT', false);

it('runs without SIMD', () => {
  expect(usesSimd()).toBe(false);
});

describeKernelConformance({backend: 'wasm', register: () => register(), expectKernels: 'own'});
