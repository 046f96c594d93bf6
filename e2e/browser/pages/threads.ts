// SPDX-License-Identifier: Apache-2.0
import {startThreadedBackend, type ThreadedBackend} from '@addernet/kernels-wasm/threads';
import {askWorker} from './ask-worker.js';
import {definePage} from './define-page.js';
import type {TrainingReport, TrainingRequest} from './train.js';
import {WASM_PATHS} from './wasm-paths.js';
import type {WorkerRequest} from './threads-worker.js';

/** A page that leaves the work to a worker, which has threads. */
const worker = new Worker(new URL('./threads-worker.ts', import.meta.url), {type: 'module'});

const ask = <Result>(request: WorkerRequest): Promise<Result> => askWorker(worker, request);

const functions = {
  start: (threads: number): Promise<ThreadedBackend> => ask({name: 'start', threads}),
  train: (request: TrainingRequest): Promise<TrainingReport> => ask({name: 'train', request}),
  /** Milliseconds of an adder layer, the best of some. */
  time: (calls: number): Promise<number> => ask({name: 'time', calls}),
  /** The same call in the main thread of the page. */
  startHere: (threads: number): Promise<ThreadedBackend> => startThreadedBackend({threads, wasmPaths: WASM_PATHS}),
};

export type ThreadsPage = typeof functions;
definePage(functions);
