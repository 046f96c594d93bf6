// SPDX-License-Identifier: Apache-2.0
import {compareBits} from '../compare.js';
import {outcomeOf, type CaseRule} from './rule.js';

/** After the op and its gradients, x, filter and the like, and dY, hold the bits they held before. */
export const inputsIntactRule: CaseRule = {
  name: 'inputs-intact',
  description: 'the op and its gradients leave inputs and dY unchanged',
  applies: () => true,
  async check(testCase, runs) {
    const {inputs, dy} = runs.values(testCase, 'random');
    const {inputsAfter} = await runs.observe(testCase, 'random');
    return [...inputs, dy].map((before, index) => {
      const name = testCase.inputs[index]?.name ?? 'dy';
      const after = inputsAfter[index];
      return outcomeOf(`input ${name}`, compareBits(after?.values ?? new Float32Array(), before, after?.shape ?? []));
    });
  },
};
