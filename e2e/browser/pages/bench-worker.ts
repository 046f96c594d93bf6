// SPDX-License-Identifier: Apache-2.0
import {answerRequests} from './ask-worker.js';
import {benchLayer, type BenchRequest, startBench, type BenchStart} from './bench-layers.js';

export type BenchWorkerRequest = {readonly start: BenchStart} | {readonly bench: BenchRequest};

answerRequests<BenchWorkerRequest>((asked) => ('start' in asked ? startBench(asked.start) : benchLayer(asked.bench)));
