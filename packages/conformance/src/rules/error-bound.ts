// SPDX-License-Identifier: Apache-2.0
import {compareWithin} from '../compare.js';
import {outcomeOf, referencedQuantities, type CaseRule} from './rule.js';

/** Every element of every output and gradient lies within its rounding-error bound of the float64 reference, on random inputs and random dY. */
export const errorBoundRule: CaseRule = {
  name: 'error-bound',
  description: 'outputs and gradients lie within the rounding-error bound of the float64 reference',
  applies: () => true,
  async check(testCase, runs) {
    const observation = await runs.observe(testCase, 'random');
    return referencedQuantities(testCase, runs.values(testCase, 'random'), observation).map(
      ({quantity, observed, expected, bounds, spec}) =>
        outcomeOf(quantity, compareWithin(observed.values, expected, bounds, spec.shape)),
    );
  },
};
