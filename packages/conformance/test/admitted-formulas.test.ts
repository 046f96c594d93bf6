// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {formatFailures, runConformance} from '../src/index.js';
import {identityKernels} from './support/identity-kernels.js';
import {registerArrayKernels} from './support/reference-kernels.js';
import {removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';

describe('the error bounds admit the formulas of fast kernels, in float32', () => {
  let backend = '';
  beforeEach(async () => {
    backend = await startThrowAwayBackend();
    registerArrayKernels(backend, identityKernels);
  });
  afterEach(() => removeThrowAwayBackend(backend));

  it('the max, clamp and matrix-product identities, Welford’s recurrence, folded scales', async () => {
    const {failures} = await runConformance({
      backend,
      rules: ['error-bound', 'bit-equality'],
      randomCases: 24,
      filter: ({id}) => !/\/sign\/sign$/u.test(id),
    });
    expect(formatFailures(failures)).toBe('');
  }, 120_000);
});
