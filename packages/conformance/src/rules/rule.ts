// SPDX-License-Identifier: Apache-2.0
import type {Mismatch} from '../compare.js';
import {mismatchProblem, type Problem} from '../failure.js';
import type {ObservedTensor, Observation} from '../observe.js';
import {
  type CaseValues,
  type ConformanceCase,
  differentiableInputs,
  type InputDomain,
  type TensorSpec,
} from '../op-record.js';

/** The rules that are checked case by case. */
export type CaseRuleName =
  | 'error-bound'
  | 'bit-equality'
  | 'non-finite'
  | 'finite-differences'
  | 'shape-and-dtype'
  | 'inputs-intact'
  | 'leaks'
  | 'determinism'
  | 'single-gradient';

/** Every rule; `kernels-in-use` looks at the registry, once per op. */
export type RuleName = CaseRuleName | 'kernels-in-use';

/** One thing looked at, and what is wrong with it, if anything. */
export interface CheckOutcome {
  readonly quantity: string;
  readonly problem?: Problem;
}

/** Runs of one case, each done once and kept, since several rules look at the same run. */
export interface CaseRuns {
  readonly seed: number;
  values(testCase: ConformanceCase, domain: InputDomain): CaseValues;
  /** `repetition` 1 is a second run on the same values, after the first and one more call of the op. */
  observe(testCase: ConformanceCase, domain: InputDomain, repetition?: 0 | 1): Promise<Observation>;
}

/** A rule that is checked on every case it applies to. */
export interface CaseRule {
  readonly name: CaseRuleName;
  /** One line, for lists of rules. */
  readonly description: string;
  applies(testCase: ConformanceCase): boolean;
  check(testCase: ConformanceCase, runs: CaseRuns): Promise<readonly CheckOutcome[]>;
}

/** An observed tensor next to what the reference says about it. */
export interface ReferencedQuantity {
  readonly quantity: string;
  readonly spec: TensorSpec;
  readonly observed: ObservedTensor;
  readonly expected: Float64Array;
  readonly bounds: Float64Array;
}

/** Outputs, then gradients, each with reference and bounds. */
export function referencedQuantities(
  testCase: ConformanceCase,
  values: CaseValues,
  observation: Observation,
): readonly ReferencedQuantity[] {
  const {inputs, dy} = values;
  return [
    ...join(
      testCase.outputs,
      ({name}) => `output ${name}`,
      observation.outputs,
      testCase.reference(inputs),
      testCase.bounds(inputs),
    ),
    ...join(
      differentiableInputs(testCase),
      ({name}) => `gradient of ${name}`,
      observation.gradients,
      testCase.referenceGradients(inputs, dy),
      testCase.gradientBounds(inputs, dy),
    ),
  ];
}

function join(
  specs: readonly TensorSpec[],
  quantityOf: (spec: TensorSpec) => string,
  observed: readonly ObservedTensor[],
  expected: readonly Float64Array[],
  bounds: readonly Float64Array[],
): readonly ReferencedQuantity[] {
  return specs.map((spec, index) => ({
    quantity: quantityOf(spec),
    spec,
    observed: observed[index] ?? {shape: [], dtype: 'missing', values: new Float32Array()},
    expected: expected[index] ?? new Float64Array(),
    bounds: bounds[index] ?? new Float64Array(),
  }));
}

export function outcomeOf(quantity: string, mismatch: Mismatch | undefined): CheckOutcome {
  return mismatch === undefined ? {quantity} : {quantity, problem: mismatchProblem(mismatch)};
}
