// SPDX-License-Identifier: Apache-2.0
import {compareExactly} from '../compare.js';
import {outcomeOf, referencedQuantities, type CaseRule} from './rule.js';

/** On dyadic inputs, where every order of summation is exact in float32, the results equal the float64 reference bit for bit. */
export const bitEqualityRule: CaseRule = {
  name: 'bit-equality',
  description: 'on multiples of 1/8, where no sum rounds, results equal the reference bit for bit',
  applies: (testCase) => testCase.bitExact.length > 0,
  async check(testCase, runs) {
    const exact: ReadonlySet<string> = new Set(testCase.bitExact);
    const observation = await runs.observe(testCase, 'dyadic');
    return referencedQuantities(testCase, runs.values(testCase, 'dyadic'), observation)
      .filter(({quantity}) => exact.has(quantity))
      .map(({quantity, observed, expected, spec}) =>
        outcomeOf(quantity, compareExactly(observed.values, expected, spec.shape)),
      );
  },
};
