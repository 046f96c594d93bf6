// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, expect, it} from 'vitest';
import {heapBytes, peakBytes} from '../bench/memory.js';
import {makeNetwork, OPERATORS} from '../bench/networks.js';
import {register} from '../src/index.js';

/** ADDERNET_STEPS=1000 for the long form, which takes minutes. */
const STEPS = Number(process.env['ADDERNET_STEPS'] ?? 8);
const BATCH = 2;

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('wasm');
  register({override: true});
});

it.each(OPERATORS)(
  `%s: ${STEPS} training steps of ResNet-20 leave tensors and memory as the first ones did`,
  (operator) => {
    const network = makeNetwork('resnet20', operator, BATCH);
    // The first steps make the optimizer's slots, and fill gaps between them.
    for (let step = 0; step < 3; step++) network.step();
    const before = {...tf.memory(), heap: heapBytes(), data: tf.backend().numDataIds()};
    for (let step = 0; step < STEPS; step++) network.step();
    const after = {...tf.memory(), heap: heapBytes(), data: tf.backend().numDataIds()};
    expect(after).toEqual(before);

    const peaks = peakBytes(network.step);
    expect(peaks.peakTensorBytes).toBeGreaterThan(before.numBytes);
    expect(peaks.peakAllocatedBytes).toBeLessThan(before.heap);
    network.dispose();
  },
  1000 * STEPS + 30_000,
);
