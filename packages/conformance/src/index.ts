// SPDX-License-Identifier: Apache-2.0
export type {Mismatch, WorstElement} from './compare.js';
export {compareBits, compareExactly, compareWithin} from './compare.js';
export {ConformanceError, ConformanceSetupError} from './errors.js';
export type {Exclusion} from './exclusions.js';
export {formatFailure, formatFailures, type ConformanceFailure} from './failure.js';
export {
  DEFAULT_RANDOM_CASES,
  DEFAULT_SEED,
  generateCases,
  type CaseFilter,
  type GenerateCasesOptions,
} from './generate-cases.js';
export {callOnShapes, kernelCallsOn, type KernelCallShapes} from './kernel-calls.js';
export type {
  CaseValues,
  ConformanceCase,
  GradientKind,
  InputDomain,
  NonFinitePlacement,
  OpName,
  OpRecord,
  OpRecordFacts,
  Quantity,
  TensorSpec,
} from './op-record.js';
export {opRecords} from './records/index.js';
export {caseRules} from './rules/index.js';
export type {KernelExpectation} from './rules/kernels-in-use.js';
export type {CaseRule, CaseRuleName, RuleName} from './rules/rule.js';
export {assertConformance, runConformance, type ConformanceOptions, type ConformanceResult} from './run-conformance.js';
export type {ExcludedCheck} from './session.js';
export {SMALLEST_FLOAT32, sumBound, TOLERANCE_FACTOR, UNIT_ROUNDOFF} from './tolerance.js';
