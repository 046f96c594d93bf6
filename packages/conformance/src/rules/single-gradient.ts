// SPDX-License-Identifier: Apache-2.0
import {compareWithin} from '../compare.js';
import {observeSingleGradient} from '../observe.js';
import {outcomeOf, type CaseRule} from './rule.js';

/** Each gradient can be asked for alone, and is right then too. */
export const singleGradientRule: CaseRule = {
  name: 'single-gradient',
  description: 'each gradient asked for alone lies within its bound',
  applies: (testCase) => testCase.sample,
  async check(testCase, runs) {
    const values = runs.values(testCase, 'random');
    const expected = testCase.referenceGradients(values.inputs, values.dy);
    const bounds = testCase.gradientBounds(values.inputs, values.dy);
    const outcomes = [];
    for (const [index, {name, shape}] of testCase.inputs.entries()) {
      const observed = await observeSingleGradient(testCase, values, index);
      const mismatch = compareWithin(
        observed.values,
        expected[index] ?? new Float64Array(),
        bounds[index] ?? new Float64Array(),
        shape,
      );
      outcomes.push(outcomeOf(`gradient of ${name}`, mismatch));
    }
    return outcomes;
  },
};
