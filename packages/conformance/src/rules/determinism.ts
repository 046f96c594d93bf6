// SPDX-License-Identifier: Apache-2.0
import {compareBits} from '../compare.js';
import type {ObservedTensor} from '../observe.js';
import {differentiableInputs, type TensorSpec} from '../op-record.js';
import {outcomeOf, type CaseRule, type CheckOutcome} from './rule.js';

/** Two runs on the same values give the same bits. */
export const determinismRule: CaseRule = {
  name: 'determinism',
  description: 'two runs on the same values give the same bits',
  applies: () => true,
  async check(testCase, runs) {
    const first = await runs.observe(testCase, 'random', 0);
    const second = await runs.observe(testCase, 'random', 1);
    const compare = (
      kind: string,
      specs: readonly TensorSpec[],
      before: readonly ObservedTensor[],
      after: readonly ObservedTensor[],
    ): readonly CheckOutcome[] =>
      specs.map(({name, shape}, index) =>
        outcomeOf(
          `${kind} ${name}`,
          compareBits(after[index]?.values ?? new Float32Array(), before[index]?.values ?? new Float32Array(), shape),
        ),
      );
    return [
      ...compare('output', testCase.outputs, first.outputs, second.outputs),
      ...compare('gradient of', differentiableInputs(testCase), first.gradients, second.gradients),
    ];
  },
};
