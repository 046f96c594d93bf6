// SPDX-License-Identifier: Apache-2.0
import {formatFailures, type OpName, runConformance} from '@addernet/conformance';
import {backends, type BackendKey, startBackend, type StartRequest} from './backends.js';
import {definePage, step} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';

/** Part of the kit. */
export interface ConformanceRequest {
  readonly backend: BackendKey;
  readonly op: OpName;
  /**
   * Runs every n-th of the op's cases, in the kit's order and from the first on; those with NaN and ±∞ are counted apart. Default 1, all.
   */
  readonly every?: number;
}

export interface ConformanceReport {
  readonly passed: number;
  readonly failed: number;
  readonly cases: number;
  readonly seconds: number;
  /** The first failures; empty if there are none. */
  readonly failures: string;
}

const functions = {
  async start(request: StartRequest): Promise<Environment> {
    const {name} = await startBackend(request);
    return describeEnvironment(name);
  },

  async conformance({backend, op, every = 1}: ConformanceRequest): Promise<ConformanceReport> {
    const {name, kernels} = backends[backend];
    const began = performance.now();
    const counts = {finite: 0, nonFinite: 0};
    let cases = 0;
    const {passed, failures} = await runConformance({
      backend: name,
      ops: [op],
      expectKernels: kernels,
      filter: (testCase) => {
        const kind = testCase.nonFinitePlacements(1).length === 0 ? 'finite' : 'nonFinite';
        const chosen = counts[kind]++ % every === 0;
        if (chosen) cases++;
        return chosen;
      },
      onCase: (id, rule) => step(`${rule} of ${id}`),
    });
    const seconds = (performance.now() - began) / 1000;
    return {passed, failed: failures.length, cases, seconds, failures: formatFailures(failures)};
  },
};

export type ConformancePage = typeof functions;
definePage(functions);
