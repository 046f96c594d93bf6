// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {ConformanceError, ConformanceSetupError} from './errors.js';
import {formatFailures, type ConformanceFailure} from './failure.js';
import type {OpName} from './op-record.js';
import type {KernelExpectation} from './rules/kernels-in-use.js';
import type {RuleName} from './rules/rule.js';
import {selectRecords, selectRules} from './select.js';
import {ConformanceSession, type ExcludedCheck, type RuleReport, type SessionOptions} from './session.js';

/** Which backend is held to what. */
export interface ConformanceOptions extends SessionOptions {
  /** Default: all. */
  readonly ops?: readonly OpName[];
  /** Default: all. `kernels-in-use` needs `expectKernels`. */
  readonly rules?: readonly RuleName[];
  /** Fails where an op runs on the other kind of kernel. Default: either will do. */
  readonly expectKernels?: KernelExpectation;
}

/** What a run of the kit found. */
export interface ConformanceResult {
  readonly backend: string;
  readonly seed: number;
  /** Checks (case × rule × quantity) that passed. */
  readonly passed: number;
  readonly failures: readonly ConformanceFailure[];
  /** Checks that failed as an exclusion says they would. */
  readonly excluded: readonly ExcludedCheck[];
}

/**
 * Holds the kernels of a started backend to the rules, without a test runner. Makes the backend TF.js's current one for the time of the run.
 *
 * @throws ConformanceSetupError when the backend has not been started, an op or rule is unknown, no case is left by the filter, or an
 * exclusion lacks its reason.
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const {backend, expectKernels} = options;
  const records = selectRecords(options.ops);
  const rules = selectRules(options.rules);
  const session = new ConformanceSession(options);
  if (records.every((record) => session.cases(record).length === 0)) {
    throw new ConformanceSetupError(
      'conformance: the filter leaves no case; case ids look like AdderConv2D/stride-2x1/sign/sign',
    );
  }
  const reports: RuleReport[] = [];
  const previous = await switchBackend(backend);
  try {
    for (const record of records) {
      if (expectKernels !== undefined) reports.push(session.checkKernels(record, expectKernels));
      for (const rule of rules) reports.push(await session.checkRule(record, rule));
    }
  } finally {
    if (previous !== undefined) await tf.setBackend(previous);
  }
  return {
    backend,
    seed: session.seed,
    passed: reports.reduce((sum, {passed}) => sum + passed, 0),
    failures: reports.flatMap(({failures}) => failures),
    excluded: reports.flatMap(({excluded}) => excluded),
  };
}

/** @throws ConformanceError that lists the failures, if there are any. */
export function assertConformance(result: ConformanceResult): void {
  if (result.failures.length === 0) return;
  throw new ConformanceError(
    `${result.failures.length} of the checks on '${result.backend}' failed (${result.passed} passed):\n${formatFailures(result.failures)}`,
  );
}

/**
 * Makes a backend that somebody has started TF.js's current one.
 *
 * @returns the backend that was current, if that was another.
 */
async function switchBackend(backend: string): Promise<string | undefined> {
  const {registry, registryFactory} = tf.engine();
  if (!(backend in registry)) {
    const known = Object.keys(registryFactory).join(', ') || 'none';
    throw new ConformanceSetupError(
      `conformance: backend '${backend}' has not been started; import its package and await tf.setBackend('${backend}') ` +
        `(registered: ${known}; started: ${Object.keys(registry).join(', ') || 'none'})`,
    );
  }
  const previous = tf.getBackend();
  if (previous === backend) return undefined;
  await tf.setBackend(backend);
  return previous;
}
