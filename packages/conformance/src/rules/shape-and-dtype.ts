// SPDX-License-Identifier: Apache-2.0
import type {ObservedTensor} from '../observe.js';
import {elementCount} from '../input-values.js';
import {differentiableInputs, type TensorSpec} from '../op-record.js';
import type {CaseRule, CheckOutcome} from './rule.js';

/** Outputs have the shapes of the shape rule, gradients those of their inputs; all are float32 and hold as many values as their shape says. */
export const shapeAndDtypeRule: CaseRule = {
  name: 'shape-and-dtype',
  description: 'outputs and gradients have the right shape, dtype float32 and as many values as the shape says',
  applies: () => true,
  async check(testCase, runs) {
    const {outputs, gradients} = await runs.observe(testCase, 'random');
    return [
      ...testCase.outputs.map((spec, index) => test(`output ${spec.name}`, spec, outputs[index])),
      ...differentiableInputs(testCase).map((spec, index) => test(`gradient of ${spec.name}`, spec, gradients[index])),
    ];
  },
};

function test(quantity: string, {shape}: TensorSpec, observed: ObservedTensor | undefined): CheckOutcome {
  if (observed === undefined) return {quantity, problem: {message: 'is missing'}};
  const expected = `expected float32 [${shape.join(', ')}]`;
  if (observed.dtype !== 'float32' || observed.shape.join() !== shape.join()) {
    return {quantity, problem: {message: `is ${observed.dtype} [${observed.shape.join(', ')}]; ${expected}`}};
  }
  const count = elementCount(shape);
  if (observed.values.length === count) return {quantity};
  return {quantity, problem: {message: `holds ${observed.values.length} values; ${expected}, ${count} values`}};
}
