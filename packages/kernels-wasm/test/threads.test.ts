// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, ArgumentError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {once} from 'node:events';
import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import {describe, expect, it, vi} from 'vitest';
import {kernelModule} from '../src/kernel-module.js';
import {isLaneAddress, laneAddress, laneMemoryIndex, laneOffset} from '../src/lane-memory.js';
import {startThreadedBackend, WasmThreadError} from '../src/threads/index.js';
import {coresOfPage, listedNumbers} from '../src/threads/processors.js';
import {recordStartedWorkers} from './started-workers.js';
import {currentPool, useThreads} from './threaded-backend.js';
import {convolve, operands} from './threaded-convolution.js';

const started = recordStartedWorkers();

describe('startThreadedBackend', () => {
  it('says how many threads there are, and makes the backend the current one', async () => {
    expect(await startThreadedBackend({threads: 3})).toEqual({threads: 3, sharedMemory: true});
    expect(tf.getBackend()).toBe('wasm');
    expect(started).toHaveLength(2);
    expect(tf.getKernel('AdderConv2D', 'wasm')).toBeDefined();
  });

  it('takes as many threads as there are cores, if not told otherwise', async () => {
    const {threads} = await startThreadedBackend();
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(availableParallelism());
    expect(started).toHaveLength(threads - 1);
  });

  it('starts the backend as TF.js does where one thread is asked for', async () => {
    const expected = {threads: 1, sharedMemory: false, reason: 'one thread was asked for'};
    expect(await startThreadedBackend({threads: 1})).toEqual(expected);
    expect(await startThreadedBackend({threads: 1})).toEqual(expected);
    expect(started).toHaveLength(0);
    await expect(startThreadedBackend({threads: 2})).rejects.toThrow(WasmThreadError);
    await expect(startThreadedBackend({threads: 2})).rejects.toThrow(/runs already, on memory that is not shared/);
  });

  it('changes the number of threads of a running backend, and keeps its tensors', async () => {
    await useThreads(2);
    const tensors = operands();
    const expected = convolve(tensors);
    await useThreads(4);
    expect(convolve(tensors)).toEqual(expected);
    expect(await startThreadedBackend({threads: 1})).toMatchObject({threads: 1, sharedMemory: true});
    expect(convolve(tensors)).toEqual(expected);
  });

  it.each([0, -1, 1.5, Number.NaN, 65, 'two'])('refuses %s threads', async (threads) => {
    const given = startThreadedBackend({threads: threads as number});
    await expect(given).rejects.toThrow(ArgumentError);
    await expect(given).rejects.toThrow(/expected 'auto' or an integer from 1 to 64/);
  });

  it('runs on one thread where there is no shared memory, and says so', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    try {
      expect(await startThreadedBackend({threads: 2})).toEqual({
        threads: 1,
        sharedMemory: false,
        reason: expect.stringMatching(/no shared memory.*Cross-Origin-Opener-Policy/),
      });
    } finally {
      vi.unstubAllGlobals();
    }
    expect(convolve(operands())).toHaveLength(6 * 9 * 9 * 11);
  });

  it('runs on one thread where it may not block, as in the main thread of a page, and says so', async () => {
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
    const {threads, reason} = await startThreadedBackend({threads: 2});
    expect(threads).toBe(1);
    expect(reason).toMatch(/main thread of a page.*start the backend in a worker/);
  });

  it('runs on one thread where TF.js was told to do without SIMD, and says so', async () => {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
    try {
      const {threads, reason} = await startThreadedBackend({threads: 2});
      expect(threads).toBe(1);
      expect(reason).toMatch(/no SIMD instructions/);
      expect(convolve(operands())).toHaveLength(6 * 9 * 9 * 11);
    } finally {
      tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
    }
  });

  it.each([2, 'auto' as const])('ends what it has started where a thread does not start: %s', async (threads) => {
    const {Worker: recorded} = process.getBuiltinModule('node:worker_threads');
    let calls = 0;
    vi.spyOn(process.getBuiltinModule('node:worker_threads'), 'Worker').mockImplementation(function (file, options) {
      calls++;
      return calls === 1 ? new Worker('throw new Error("no room")', {eval: true}) : new recorded(file, options);
    });
    const result = startThreadedBackend({threads});
    if (threads === 'auto') {
      const {threads: used, reason} = await result;
      expect(used).toBe(1);
      if (calls > 0) expect(reason).toMatch(/a thread could not be started: Error: no room/);
    } else {
      await expect(result).rejects.toThrow(WasmThreadError);
    }
    await Promise.all(started.map((worker) => (worker.threadId < 0 ? undefined : once(worker, 'exit'))));
    await startThreadedBackend({threads: 1});
    expect(convolve(operands())).toHaveLength(6 * 9 * 9 * 11);
  });

  it('leaves the global Worker as it was', async () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
    await useThreads(2);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'Worker')).toEqual(before);
  });
});

describe('memory', () => {
  it('may grow while there are threads', async () => {
    const backend = await useThreads(3);
    const {memory} = kernelModule(backend);
    convolve(operands());
    const bytes = memory.buffer.byteLength;
    // Behind what the workers have seen of the memory until now.
    const batch = Math.ceil(bytes / (9 * 9 * 5 * 4));
    const large = operands(batch);
    expect(backend.dataIdMap.get(large.x.dataId).memoryOffset + large.x.size * 4).toBeGreaterThan(bytes);
    const y = convolve(large);
    expect(memory.buffer.byteLength).toBeGreaterThan(2 * bytes);
    await useThreads(1);
    expect(Buffer.compare(Buffer.from(y.buffer), Buffer.from(convolve(large).buffer))).toBe(0);
  });

  it('does not pile up over calls', async () => {
    const backend = await useThreads(3);
    const tensors = operands();
    const gradients = tf.grads((a, b) => adderConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'));
    const dy = tf.ones<tf.Rank.R4>([6, 9, 9, 11]);
    const step = () => tf.dispose(gradients([tensors.x, tensors.filter], dy));
    for (let call = 0; call < 10; call++) step();
    const bytes = kernelModule(backend).memory.buffer.byteLength;
    const count = tf.memory().numTensors;
    for (let call = 0; call < 300; call++) step();
    expect(kernelModule(backend).memory.buffer.byteLength).toBe(bytes);
    expect(tf.memory().numTensors).toBe(count);
  });
});

describe('work', () => {
  it('of more calls than the list holds is done in parts, an item that alone is too long included', async () => {
    const backend = await useThreads(3);
    const pool = currentPool();
    const {memory} = kernelModule(backend);
    const address = backend.wasm._malloc(4 * 300_000);
    const floats = () => new Float32Array(memory.buffer, address, 300_000);
    floats().fill(1);
    const cleared = (item: number) => item % 7 !== 0;
    // 3 numbers for each call, in items of one, and one item of all the rest: 900,000 in all.
    pool.run('Test', 100_001, [], (item, lane) => {
      const places = item < 100_000 ? [item] : Array.from({length: 200_000}, (_, index) => 100_000 + index);
      for (const place of places) if (cleared(place)) lane.run('clear', address + 4 * place, 4);
    });
    expect(floats().every((value, index) => value === (cleared(index) ? 0 : 1))).toBe(true);
    backend.wasm._free(address);
  });

  it('answers whether all checked calls have answered 1', async () => {
    const backend = await useThreads(2);
    const pool = currentPool();
    const {memory} = kernelModule(backend);
    const address = backend.wasm._malloc(4 * 100);
    const floats = new Float32Array(memory.buffer, address, 100).fill(1);
    const allFinite = () => pool.run('Test', 100, [], (item, lane) => lane.check('allFinite', address + 4 * item, 1));
    expect(allFinite()).toBe(true);
    floats[61] = Infinity;
    expect(allFinite()).toBe(false);
    floats[61] = 0;
    expect(allFinite()).toBe(true);
    backend.wasm._free(address);
  });
});

it.each([0, 2 ** 31, 2 ** 32 - 1, 2 ** 41, 2 ** 44 + 2 ** 22, 3.4e38, Infinity, -Infinity, Number.NaN, -1.5, 0.5])(
  '%d is no address in a thread’s own memory',
  (value) => expect(isLaneAddress(Math.fround(value))).toBe(false),
);

it('addresses in a thread’s own memory can be added to', () => {
  for (const index of [0, 1, 30, 4000]) {
    const address = laneAddress(index) + 4 * 12_345 - 64;
    expect(isLaneAddress(address)).toBe(true);
    expect(laneMemoryIndex(address)).toBe(index);
    expect(laneOffset(address)).toBe(4 * 12_345 - 64);
  }
});

it.each([
  [undefined, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 2],
  [8, 4],
])('a page of %s logical processors has %s cores for threads', (logicalProcessors, cores) => {
  expect(coresOfPage(logicalProcessors)).toBe(cores);
});

it('lists of processors are read', () => {
  expect(listedNumbers('0-3,8')).toEqual([0, 1, 2, 3, 8]);
  expect(listedNumbers('5')).toEqual([5]);
  expect(listedNumbers('')).toEqual([]);
});
