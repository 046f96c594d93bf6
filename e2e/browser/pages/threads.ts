// SPDX-License-Identifier: Apache-2.0
import {startThreadedBackend, type ThreadedBackend} from '@addernet/kernels-wasm/threads';
import {definePage} from './define-page.js';
import type {TrainingReport, TrainingRequest} from './train.js';
import {WASM_PATHS} from './wasm-paths.js';
import type {WorkerAnswer, WorkerRequest} from './threads-worker.js';

/** A page that leaves the work to a worker, which has threads. */
const worker = new Worker(new URL('./threads-worker.ts', import.meta.url), {type: 'module'});

function ask<Result>(request: WorkerRequest): Promise<Result> {
  return new Promise((resolve, reject) => {
    worker.addEventListener(
      'message',
      ({data}: MessageEvent<WorkerAnswer>) =>
        'error' in data ? reject(new Error(data.error)) : resolve(data.result as Result),
      {once: true},
    );
    worker.addEventListener('error', ({message}) => reject(new Error(`the worker failed: ${message}`)), {once: true});
    worker.postMessage(request);
  });
}

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
