// SPDX-License-Identifier: Apache-2.0
import {adderConv2d} from '@addernet/core';
import {startThreadedBackend} from '@addernet/kernels-wasm/threads';
import * as tf from '@tensorflow/tfjs-core';
import {answerRequests} from './ask-worker.js';
import {train, type TrainingRequest} from './train.js';
import {WASM_PATHS} from './wasm-paths.js';

export type WorkerRequest =
  | {readonly name: 'start'; readonly threads: number}
  | {readonly name: 'train'; readonly request: TrainingRequest}
  | {readonly name: 'time'; readonly calls: number};

async function answer(asked: WorkerRequest): Promise<unknown> {
  switch (asked.name) {
    case 'start':
      tf.enableProdMode();
      return startThreadedBackend({threads: asked.threads, wasmPaths: WASM_PATHS});
    case 'train':
      return train(asked.request);
    case 'time': {
      const x: tf.Tensor4D = tf.randomNormal([32, 32, 32, 16]);
      const filter: tf.Tensor4D = tf.randomNormal([3, 3, 16, 16]);
      let best = Infinity;
      for (let call = 0; call < asked.calls; call++) {
        const start = performance.now();
        tf.dispose(adderConv2d(x, filter, 1, 'same'));
        best = Math.min(best, performance.now() - start);
      }
      tf.dispose([x, filter]);
      return best;
    }
  }
}

answerRequests(answer);
