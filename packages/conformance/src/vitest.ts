// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, it} from 'vitest';
import {ConformanceError} from './errors.js';
import {formatFailures} from './failure.js';
import type {ConformanceOptions} from './run-conformance.js';
import {selectRecords, selectRules} from './select.js';
import {ConformanceSession, type RuleReport} from './session.js';

/** A run of the kit as vitest tests. */
export interface DescribeKernelConformanceOptions extends ConformanceOptions {
  /** Runs before the backend is started, e.g. to import or register it. */
  readonly start?: () => void | Promise<void>;
  /** Registers the kernels under test; runs once the backend has started. */
  readonly register?: () => void | Promise<void>;
  /** Skips, by name, where the backend cannot be started, instead of failing. Default false; leave it so in CI. */
  readonly skipIfUnavailable?: boolean;
}

/** Time limit of one rule on all cases of one op, ms. */
const RULE_TIMEOUT = 120_000;

/**
 * Declares a `describe` per op with an `it` per rule. Starts the backend and makes it TF.js's current one before, and restores the previous
 * one after.
 */
export function describeKernelConformance(options: DescribeKernelConformanceOptions): void {
  const {backend, expectKernels, skipIfUnavailable = false} = options;
  const records = selectRecords(options.ops);
  const rules = selectRules(options.rules);
  const session = new ConformanceSession(options);

  describe(`kernels on '${backend}'${expectKernels === undefined ? '' : ` (${expectKernels})`}`, () => {
    let previous: string | undefined;
    let unavailable: string | undefined;

    beforeAll(async () => {
      previous = currentBackend();
      await options.start?.();
      unavailable = await startBackend(backend);
      if (unavailable === undefined) await options.register?.();
      else if (!skipIfUnavailable) throw new ConformanceError(unavailable);
    });
    afterAll(async () => {
      if (previous !== undefined && previous !== backend) await tf.setBackend(previous);
    });

    const check = (name: string, run: () => RuleReport | Promise<RuleReport>) =>
      it(
        name,
        async ({skip}) => {
          if (unavailable !== undefined) skip(unavailable);
          const {failures, passed} = await run();
          if (failures.length === 0) return;
          throw new ConformanceError(
            `${failures.length} checks failed, ${passed} passed:\n${formatFailures(failures)}`,
          );
        },
        RULE_TIMEOUT,
      );

    for (const record of records) {
      describe(record.name, () => {
        if (expectKernels !== undefined && record.kernels.length > 0) {
          check(`kernels-in-use: kernels are ${expectKernels}`, () => session.checkKernels(record, expectKernels));
        }
        for (const rule of rules) {
          const applicable = session.cases(record).filter((testCase) => rule.applies(testCase)).length;
          if (applicable === 0) continue;
          check(`${rule.name}: ${rule.description} (${applicable} cases)`, () => session.checkRule(record, rule));
        }
      });
    }
  });
}

/** TF.js's current backend, where one has been started: asking for it would start the best one. */
function currentBackend(): string | undefined {
  const {backendName} = tf.engine();
  return backendName in tf.engine().registry ? backendName : undefined;
}

/** @returns what is wrong, if the backend cannot be started. */
async function startBackend(backend: string): Promise<string | undefined> {
  const registered = Object.keys(tf.engine().registryFactory);
  if (!registered.includes(backend)) {
    return `backend '${backend}' is not registered; import its package (registered: ${registered.join(', ') || 'none'})`;
  }
  try {
    if (await tf.setBackend(backend)) {
      await tf.ready();
      return undefined;
    }
    return `backend '${backend}' did not start`;
  } catch (error) {
    return `backend '${backend}' did not start: ${error instanceof Error ? error.message : String(error)}`;
  }
}
