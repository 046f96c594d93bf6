// SPDX-License-Identifier: Apache-2.0
import {deriveSeed} from '@addernet/core';
import {compareWithin} from '../compare.js';
import {observeSingleGradient} from '../observe.js';
import {outcomeOf, type CaseRule} from './rule.js';

/** Each gradient can be asked for alone, and is right then too. The values are new each time, so that leftovers of another call show. */
export const singleGradientRule: CaseRule = {
  name: 'single-gradient',
  description: 'each gradient asked for alone lies within its bound',
  applies: (testCase) => testCase.sample && testCase.gradientKinds.length > 0,
  async check(testCase, runs) {
    const outcomes = [];
    for (const [index, {name, shape}] of testCase.inputs.entries()) {
      const values = testCase.values('random', deriveSeed(runs.seed, 'single-gradient', name));
      const expected = testCase.referenceGradients(values.inputs, values.dy);
      const bounds = testCase.gradientBounds(values.inputs, values.dy);
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
