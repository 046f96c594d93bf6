// SPDX-License-Identifier: Apache-2.0
import {describeKernelConformance} from '@addernet/conformance/vitest';
import {describe} from 'vitest';
import {useThreads} from './threaded-backend.js';

describe('on two threads', () => {
  describeKernelConformance({backend: 'wasm', start: async () => void (await useThreads(2)), expectKernels: 'own'});
});

// Results of different numbers of threads are compared in threads-results.test.ts; here, what an uneven number may break.
describe('on three threads', () => {
  describeKernelConformance({
    backend: 'wasm',
    start: async () => void (await useThreads(3)),
    expectKernels: 'own',
    rules: ['bit-equality', 'non-finite', 'leaks'],
  });
});
