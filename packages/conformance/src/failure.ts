// SPDX-License-Identifier: Apache-2.0
import type {Mismatch, WorstElement} from './compare.js';
import type {ConformanceCase, OpName, TensorSpec} from './op-record.js';
import type {RuleName} from './rules/rule.js';

/** One check that failed, with all it takes to run it again. */
export interface ConformanceFailure {
  readonly backend: string;
  readonly op: OpName;
  readonly rule: RuleName;
  /** Absent where no single case is at fault (kernels in use, exclusions). */
  readonly case?: {
    readonly id: string;
    readonly inputs: readonly TensorSpec[];
    readonly attributes: Readonly<Record<string, unknown>>;
  };
  /** `output y`, `gradient of filter`; for NaN and ±∞ followed by the placement. */
  readonly quantity: string;
  readonly message: string;
  readonly worst?: WorstElement;
  readonly seed: number;
  /** Code that runs this check alone. */
  readonly replay: string;
}

/** What a rule found wrong. */
export interface Problem {
  readonly message: string;
  readonly worst?: WorstElement;
}

export function mismatchProblem(mismatch: Mismatch): Problem {
  const {count, total, worst} = mismatch;
  return {message: `${count} of ${total} elements differ; the worst: ${describeWorst(worst)}`, worst};
}

function describeWorst({index, got, expected, bound}: WorstElement): string {
  const error = Math.abs(got - expected);
  const difference = Number.isFinite(error) ? `, |difference| ${error.toExponential(3)}` : '';
  return `[${index.join(', ')}] got ${got}, expected ${expected}${difference}, bound ${bound === 0 ? '0' : bound.toExponential(3)}`;
}

/** Several lines: what failed, on which shapes and attributes, by how much, and how to run it again. */
export function formatFailure(failure: ConformanceFailure): string {
  const {op, rule, quantity, message, backend, replay} = failure;
  const lines = [`${op} on ${backend}, rule ${rule}, ${quantity}: ${message}`];
  if (failure.case !== undefined) {
    const shapes = failure.case.inputs.map(({name, shape}) => `${name} [${shape.join(', ')}]`).join(', ');
    lines.push(`  case ${failure.case.id}: ${shapes}; ${formatAttributes(failure.case.attributes)}`);
  }
  lines.push(`  replay: ${replay}`);
  return lines.join('\n');
}

/** The first failures in full, and how many more there are. */
export function formatFailures(failures: readonly ConformanceFailure[], atMost = 5): string {
  const shown = failures.slice(0, atMost).map(formatFailure);
  const more = failures.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

/** `strides [2, 1], pad "same"`. */
function formatAttributes(attributes: Readonly<Record<string, unknown>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}

export function caseOfFailure({id, inputs, attributes}: ConformanceCase): NonNullable<ConformanceFailure['case']> {
  return {id, inputs, attributes};
}

/** The call of `runConformance` that runs one case under one rule. */
export function replayCall(backend: string, op: OpName, rule: RuleName, seed: number, caseId?: string): string {
  const filter = caseId === undefined ? '' : `, filter: '${caseId}'`;
  return `await runConformance({backend: '${backend}', ops: ['${op}'], rules: ['${rule}'], seed: ${seed}${filter}})`;
}
