// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {runConformance, type ConformanceCase} from '../src/index.js';
import {registerArrayKernels} from './support/reference-kernels.js';
import {removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';
import {adderMutants} from './wrong-kernels/adder.js';
import {batchNormMutants} from './wrong-kernels/batch-norm.js';
import {convolutionMutants} from './wrong-kernels/convolution.js';
import {fusedMutants} from './wrong-kernels/fused.js';

const mutants = [...adderMutants, ...convolutionMutants, ...batchNormMutants, ...fusedMutants];

describe('the kit catches wrong arithmetic', () => {
  let backend = '';
  beforeEach(async () => {
    backend = await startThrowAwayBackend();
  });
  afterEach(() => removeThrowAwayBackend(backend));

  it('and lets kernels pass that are right', async () => {
    registerArrayKernels(backend);
    const {failures, passed} = await runConformance({backend, expectKernels: 'own'});
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(5000);
  }, 120_000);

  it.each(mutants)('$op: $name', async ({op, kernels, caughtBy, surrogates, inCase, quantity = /./u}) => {
    registerArrayKernels(backend, kernels);
    const suffix = surrogates ?? (op === 'AdderConv2D' ? '/hard-tanh/full-precision' : '');
    const cases = new Set<string>();
    const filter = (testCase: ConformanceCase): boolean => {
      const keep = testCase.id.endsWith(suffix) && (inCase === undefined ? testCase.sample : inCase.test(testCase.id));
      if (keep) cases.add(testCase.id);
      return keep;
    };
    const {failures} = await runConformance({backend, ops: [op], rules: caughtBy, randomCases: 0, filter});
    for (const rule of caughtBy) {
      const caught = new Set(
        failures
          .filter((failure) => failure.rule === rule && quantity.test(failure.quantity))
          .map((failure) => failure.case?.id),
      );
      if (inCase === undefined) expect(caught.size, `cases in which ${rule} fails`).toBeGreaterThan(0);
      else expect(caught, `cases in which ${rule} fails`).toEqual(cases);
    }
  });
});
