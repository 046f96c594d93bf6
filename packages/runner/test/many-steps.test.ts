// SPDX-License-Identifier: Apache-2.0
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {resolveConfig, trainModel} from '../src/index.js';
import {FakeSplit, experiment, fakeOperator, small} from './fixtures.js';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const BATCH = 4;
/** ADDERNET_STEPS=10000 takes half a minute. */
const STEPS = Number(process.env.ADDERNET_STEPS ?? 2000);

it(`takes no more tensors and memory after ${STEPS} steps than after a tenth of them`, {timeout: 180_000}, async () => {
  await tf.setBackend('cpu');
  const provenance = {kind: 'synthetic', label: 'Pictures'} as const;
  const model = small.build({operator: fakeOperator('plain'), numClasses: 6, inputShape: [4, 4, 3], seed: 0});
  const before = tf.memory().numTensors;
  const seen: {tensors: number; bytes: number; heap: number; buffers: number}[] = [];
  await trainModel({
    model,
    train: FakeSplit.make('train', BATCH * STEPS, provenance),
    test: FakeSplit.make('test', 12, provenance),
    config: resolveConfig(experiment, {overrides: {epochs: '1', 'batch-size': String(BATCH)}}),
    seed: 0,
    onStep: ({step}) => {
      if (step % (STEPS / 10) !== 0) return;
      if (typeof collectGarbage === 'function') collectGarbage();
      const {heapUsed, arrayBuffers} = process.memoryUsage();
      const {numTensors, numBytes} = tf.memory();
      seen.push({tensors: numTensors, bytes: numBytes, heap: heapUsed, buffers: arrayBuffers});
    },
  });
  const first = seen[0];
  const last = seen.at(-1);
  expect(seen).toHaveLength(10);
  expect(last?.tensors).toBe(first?.tensors);
  expect(last?.bytes).toBe(first?.bytes);
  // The engine frees some of what it collected later, on a thread of its own: what grows is what no measurement of the second half is without.
  const growth = (of: 'heap' | 'buffers'): number =>
    Math.min(...seen.slice(5).map((at) => at[of])) - Math.min(...seen.slice(0, 5).map((at) => at[of]));
  expect(growth('buffers')).toBeLessThan(4096);
  expect(growth('heap')).toBeLessThan(2 ** 20);
  expect(tf.memory().numTensors).toBe(before);
});
