// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import type {ConformanceCase} from '../op-record.js';
import type {CaseRule, CheckOutcome} from './rule.js';

/** Below the 1/16 that keeps the inputs from the adder's kinks. */
const STEP = 2 ** -12;

/** What the step's square leaves of a smooth function's derivative, relative to the gradient's magnitude. */
const TRUNCATION = 1e-5;

/**
 * A gradient that claims to be exact, along a random direction, equals the central difference of ΣdY·Y in the float64 reference. Independent
 * of the gradient's formula: a wrong formula in the reference shows here. Inputs stay away from the adder's kinks, so that Y is linear there.
 */
export const finiteDifferencesRule: CaseRule = {
  name: 'finite-differences',
  description: 'exact gradients equal finite differences of the float64 reference along a random direction',
  applies: (testCase) => testCase.sample && testCase.gradientKinds.includes('exact'),
  async check(testCase, runs) {
    const values = runs.values(testCase, 'separated');
    const {gradients} = await runs.observe(testCase, 'separated');
    const bounds = testCase.gradientBounds(values.inputs, values.dy);
    return testCase.inputs.flatMap(({name}, inputIndex): readonly CheckOutcome[] => {
      if (testCase.gradientKinds[inputIndex] !== 'exact') return [];
      const gradient = gradients[inputIndex]?.values ?? new Float32Array();
      const input = values.inputs[inputIndex] ?? new Float32Array();
      const random = new CounterRandom(runs.seed, testCase.id, 'direction', name);
      const direction = Float64Array.from(input, () => 2 * random.uniform() - 1);
      const expected =
        (objective(testCase, values.inputs, values.dy, inputIndex, direction, STEP) -
          objective(testCase, values.inputs, values.dy, inputIndex, direction, -STEP)) /
        (2 * STEP);
      let got = 0;
      let bound = 0;
      direction.forEach((component, index) => {
        const term = (gradient[index] ?? NaN) * component;
        got += term;
        bound += (bounds[inputIndex]?.[index] ?? 0) * Math.abs(component) + TRUNCATION * Math.abs(term);
      });
      const quantity = `gradient of ${name}`;
      const agrees = Math.abs(got - expected) <= bound;
      if (agrees) return [{quantity}];
      const message = `along a random direction got ${got}, finite differences give ${expected}, bound ${bound.toExponential(3)}`;
      return [{quantity, problem: {message, worst: {index: [], got, expected, bound}}}];
    });
  },
};

/** ΣdY·Y(input + step·direction), by the float64 reference. */
function objective(
  testCase: ConformanceCase,
  inputs: readonly ArrayLike<number>[],
  dy: ArrayLike<number>,
  inputIndex: number,
  direction: Float64Array,
  step: number,
): number {
  const moved = inputs.map((input, index) =>
    index === inputIndex ? Float64Array.from(input, (value, at) => value + step * (direction[at] ?? 0)) : input,
  );
  const [y] = testCase.reference(moved);
  return (y ?? new Float64Array()).reduce((sum, value, index) => sum + value * (dy[index] ?? 0), 0);
}
