// SPDX-License-Identifier: Apache-2.0
import type {KernelTime} from '@addernet/conformance/bench';
import {askWorker} from './ask-worker.js';
import {benchLayer, type BenchRequest, startBench, type BenchStart} from './bench-layers.js';
import type {BenchWorkerRequest} from './bench-worker.js';
import {definePage} from './define-page.js';
import type {Environment} from './environment.js';

/** Has the threads of the wasm backend, which a page's main thread cannot wait for. */
let worker: Worker | undefined;

const ask = <Result>(asked: Worker, request: BenchWorkerRequest): Promise<Result> => askWorker(asked, request);

const functions = {
  start(request: BenchStart): Promise<Environment> {
    if (request.threads === undefined) return startBench(request);
    worker = new Worker(new URL('./bench-worker.ts', import.meta.url), {type: 'module'});
    return ask(worker, {start: request});
  },

  bench: (request: BenchRequest): Promise<readonly KernelTime[]> =>
    worker === undefined ? benchLayer(request) : ask(worker, {bench: request}),
};

export type BenchPage = typeof functions;
definePage(functions);
