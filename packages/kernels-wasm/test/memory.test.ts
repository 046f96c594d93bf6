// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import type {WasmBackend} from '../src/backend.js';
import {WasmUnavailableError} from '../src/index.js';
import {kernelModule} from '../src/kernel-module.js';
import {startWasmBackend, watchAllocator} from './wasm-backend.js';

let backend: WasmBackend;

beforeAll(async () => {
  backend = await startWasmBackend({});
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  vi.restoreAllMocks();
});

const memoryBytes = (): number => kernelModule(backend).memory.buffer.byteLength;

function operands(batch = 2, size = 9): {x: tf.Tensor4D; filter: tf.Tensor4D} {
  const random = new CounterRandom(1, batch, size);
  const values = (length: number) => Float32Array.from({length}, () => random.normal());
  return {
    x: tf.tensor4d(values(batch * size * size * 5), [batch, size, size, 5]),
    filter: tf.tensor4d(values(9 * 5 * 11), [3, 3, 5, 11]),
  };
}

describe('growth of the memory', () => {
  it('between two calls changes nothing', () => {
    const {x, filter} = operands();
    const before = adderConv2d(x, filter, 1, 'same').dataSync();
    const bytes = memoryBytes();
    tf.zeros([bytes / 4 + 1]).dispose();
    expect(memoryBytes()).toBeGreaterThan(bytes);
    expect(adderConv2d(x, filter, 1, 'same').dataSync()).toEqual(before);
  });

  it('within a call changes nothing', () => {
    const {x, filter} = operands();
    const expected = adderConv2d(x, filter, 1, 'same').dataSync();
    const {_malloc: malloc, _free: free} = backend.wasm;
    const blocks: number[] = [];
    let calls = 0;
    // Three of the call's allocations grow the memory.
    const grown = new Set<number>();
    vi.spyOn(backend.wasm, '_malloc').mockImplementation((bytes) => {
      if (calls++ < 3) blocks.push(malloc(memoryBytes()));
      grown.add(memoryBytes());
      return malloc(bytes);
    });
    const y = adderConv2d(x, filter, 1, 'same');
    vi.restoreAllMocks();
    for (const block of blocks) free(block);
    expect(grown.size).toBe(3);
    expect(calls).toBeGreaterThan(3);
    expect(y.dataSync()).toEqual(expected);
  });
});

describe('scratch memory', () => {
  it('is freed: of all allocations of a call, its output is left', () => {
    const {x, filter} = operands();
    const watch = watchAllocator(backend);
    const y = adderConv2d(x, filter, 1, 'same');
    watch.stop();
    expect(watch.calls).toBeGreaterThan(3);
    expect(watch.live.size).toBe(1);
    expect(y.shape).toEqual([2, 9, 9, 11]);
  });

  it('does not pile up: a thousand calls with gradients leave the memory as large as ten', () => {
    const {x, filter} = operands(1, 5);
    const gradients = tf.grads((a, b) => adderConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'));
    const dy = tf.ones<tf.Rank.R4>([1, 5, 5, 11]);
    const step = () => tf.dispose(gradients([x, filter], dy));
    for (let call = 0; call < 10; call++) step();
    const bytes = memoryBytes();
    const tensors = tf.memory().numTensors;
    for (let call = 0; call < 1000; call++) step();
    expect(memoryBytes()).toBe(bytes);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('a backend that hides its memory', () => {
  it('is a typed error that names the package', () => {
    const hidden: WasmBackend = {...backend, wasm: {_malloc: () => 8, _free: () => undefined}};
    expect(() => kernelModule(hidden)).toThrow(WasmUnavailableError);
    expect(() => kernelModule(hidden)).toThrow(/@tensorflow\/tfjs-backend-wasm does not show its memory/);
  });
});

describe('shared memory, as in the threaded build of TF.js', () => {
  it('is found beside the exports, and runs the module built for it', () => {
    const memory = new WebAssembly.Memory({initial: 1, maximum: 16, shared: true});
    const shared: WasmBackend = {
      ...backend,
      wasm: Object.assign({_malloc: () => 8, _free: () => undefined}, {asm: {}, wasmMemory: memory}),
    };
    const {kernels} = kernelModule(shared);
    new Float32Array(memory.buffer, 0, 12).set([1, 2, 3, 4, 5, 6]);
    kernels.sumStretches(0, 2, 3, 32);
    expect([...new Float32Array(memory.buffer, 32, 2)]).toEqual([6, 15]);
  });
});
