// SPDX-License-Identifier: Apache-2.0
import {compareWithin, compareWithinDefined, compareWithinPresence} from '../compare.js';
import {observe} from '../observe.js';
import type {CaseValues, ConformanceCase, NonFinitePlacement} from '../op-record.js';
import {outcomeOf, referencedQuantities, type CaseRule} from './rule.js';

const COMPARE = {kind: compareWithin, presence: compareWithinPresence, defined: compareWithinDefined} as const;

/** NaN and ±∞ in the inputs or in dY reach exactly the elements that the reference says, as what it says; the rest stays within its bound. */
export const nonFiniteRule: CaseRule = {
  name: 'non-finite',
  description: 'NaN and ±∞ reach the elements they should, and no others',
  applies: (testCase) => testCase.nonFinitePlacements(0).length > 0,
  async check(testCase, runs) {
    const outcomes = [];
    for (const placement of testCase.nonFinitePlacements(runs.seed)) {
      const values = place(testCase, runs.values(testCase, 'random'), placement);
      const observation = await observe(testCase, values);
      for (const {quantity, observed, expected, bounds, spec} of referencedQuantities(testCase, values, observation)) {
        const comparison = quantity.startsWith('output') ? placement.outputs : placement.gradients;
        const compare = COMPARE[comparison];
        outcomes.push(
          outcomeOf(`${quantity}, ${placement.label}`, compare(observed.values, expected, bounds, spec.shape)),
        );
      }
    }
    return outcomes;
  },
};

function place(testCase: ConformanceCase, values: CaseValues, {entries}: NonFinitePlacement): CaseValues {
  const changed = (name: string, original: Float32Array): Float32Array => {
    const copy = original.slice();
    for (const {input, index, value} of entries) if (input === name) copy[index] = value;
    return copy;
  };
  return {
    inputs: values.inputs.map((input, index) => changed(testCase.inputs[index]?.name ?? '', input)),
    dy: changed('dy', values.dy),
  };
}
