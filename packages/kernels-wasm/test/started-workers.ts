// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {Worker} from 'node:worker_threads';
import {afterEach, beforeEach, vi} from 'vitest';

/** Node's workers that were started since the test began; after every test the backend is removed. For the top of a test file. */
export function recordStartedWorkers(): readonly Worker[] {
  const started: Worker[] = [];
  beforeEach(() => {
    started.length = 0;
    const module = process.getBuiltinModule('node:worker_threads');
    vi.spyOn(module, 'Worker').mockImplementation(function (...args: ConstructorParameters<typeof Worker>) {
      const worker = new Worker(...args);
      started.push(worker);
      return worker;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    if (tf.findBackendFactory('wasm') !== null) tf.removeBackend('wasm');
  });
  return started;
}
