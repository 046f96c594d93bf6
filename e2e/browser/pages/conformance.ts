// SPDX-License-Identifier: Apache-2.0
import {formatFailures, type OpName, runConformance} from '@addernet/conformance';
import {backends, type BackendKey, startBackend, type StartRequest} from './backends.js';
import {definePage, step} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';

/** Part of the kit. */
export interface ConformanceRequest {
  readonly backend: BackendKey;
  readonly op: OpName;
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

  async conformance({backend, op}: ConformanceRequest): Promise<ConformanceReport> {
    const {name, kernels} = backends[backend];
    const began = performance.now();
    let cases = 0;
    const {passed, failures} = await runConformance({
      backend: name,
      ops: [op],
      expectKernels: kernels,
      filter: () => {
        cases++;
        return true;
      },
      onCase: (id, rule) => step(`${rule} of ${id}`),
    });
    const seconds = (performance.now() - began) / 1000;
    return {passed, failed: failures.length, cases, seconds, failures: formatFailures(failures)};
  },
};

export type ConformancePage = typeof functions;
definePage(functions);
