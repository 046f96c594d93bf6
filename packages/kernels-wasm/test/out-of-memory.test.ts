// SPDX-License-Identifier: Apache-2.0
import {assertConformance, runConformance} from '@addernet/conformance';
import {adderConv2d, CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import type {WasmBackend} from '../src/backend.js';
import {additions, kernels, replacements, WasmOutOfMemoryError} from '../src/index.js';
import {keptFilters} from '../src/kept-filters.js';
import {kernelModule} from '../src/kernel-module.js';
import {startWasmBackend, watchAllocator} from './wasm-backend.js';

let backend: WasmBackend;

beforeAll(async () => {
  backend = await startWasmBackend({override: true});
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  vi.restoreAllMocks();
});

function normal(...shape: number[]): tf.Tensor {
  const random = new CounterRandom(1, ...shape);
  const length = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({length}, () => random.normal()),
    shape,
  );
}

/** Runs, with no memory at the `failing`-th request. @returns how often memory was asked for, how many allocations are left, and the error if there was one */
function follow(run: () => void, failing?: number): {asked: number; left: number; error: unknown} {
  const watch = watchAllocator(backend, failing);
  let error: unknown;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  } finally {
    // What is kept for later calls with the same filter is not left behind: it goes where memory is out.
    keptFilters(backend).clear();
    watch.stop();
  }
  return {asked: watch.calls, left: watch.live.size, error};
}

/**
 * Makes calls of this package's kernels run out of memory once at each of their allocations, and then succeed: twice for every number of allocations that a
 * kernel's calls have.
 *
 * @returns the names of the kernels that were called, as they are called, and what undoes it
 */
function exhaustEveryCall(): {readonly called: Map<string, number>; restore(): void} {
  const called = new Map<string, number>();
  const paths = new Map<string, number>();
  const own = [...kernels, ...additions, ...replacements];
  const originals = own.map(({kernelFunc}) => kernelFunc);
  for (const kernel of own) {
    const {kernelName, kernelFunc} = kernel;
    kernel.kernelFunc = (params) => {
      const run = () => {
        const outputs = kernelFunc(params);
        for (const {dataId} of Array.isArray(outputs) ? outputs : [outputs]) tf.backend().disposeData(dataId);
      };
      // The second call of a filter keeps it in panels, and so may ask for another number of allocations than the first.
      follow(run);
      const {asked, left, error} = follow(run);
      if (error !== undefined) throw error;
      expect(left, `${kernelName} keeps scratch memory`).toBe(0);
      const path = `${kernelName} ${asked}`;
      paths.set(path, (paths.get(path) ?? 0) + 1);
      if ((paths.get(path) ?? 0) > 2) return kernelFunc(params);
      for (let failing = 0; failing < asked; failing++) {
        const failed = follow(run, failing);
        const what = `${kernelName}, allocation ${failing} of ${asked}`;
        expect(failed.error, what).toBeInstanceOf(WasmOutOfMemoryError);
        expect(failed.left, what).toBe(0);
      }
      called.set(kernelName, Math.max(called.get(kernelName) ?? 0, asked));
      return kernelFunc(params);
    };
  }
  return {called, restore: () => own.forEach((kernel, index) => (kernel.kernelFunc = originals[index]))};
}

/** TF.js's ops that call the kernels with TF.js's own names, with their gradients. */
function runTfjsOps(): void {
  const x = normal(2, 9, 8, 4) as tf.Tensor4D;
  const differentiate = (op: (...tensors: tf.Tensor[]) => tf.Tensor, ...tensors: tf.Tensor[]): void => {
    const y = op(...tensors);
    tf.grads(op)(tensors, normal(...y.shape));
  };
  differentiate((a, f) => tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, 2, 'same'), x, normal(3, 3, 4, 5));
  differentiate((a, f) => tf.depthwiseConv2d(a as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'), x, normal(3, 3, 4, 2));
  differentiate((a) => tf.maxPool(a as tf.Tensor4D, 3, 2, 'same'), x);
  differentiate((a) => tf.avgPool(a as tf.Tensor4D, 3, 2, 'same'), x);
  differentiate((a, b) => tf.matMul(a, b), normal(7, 6), normal(6, 5));
  differentiate((a) => tf.mean(a, [0, 2]), x);
  differentiate((a) => tf.sum(tf.cast(a, 'int32')), x);
  differentiate((a) => tf.relu(a), x);
  differentiate((a) => tf.clipByValue(a, -1, 1), x);
  differentiate((a) => tf.gather(a, tf.tensor1d([3, 0, 3], 'int32')), normal(5, 6));
  differentiate(
    (a, mean, variance, offset, scale) =>
      tf.batchNorm(
        a as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.exp(variance) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    x,
    ...[1, 2, 3, 4].map(() => normal(4)),
  );
}

describe('memory that is out', () => {
  it('at any allocation of any kernel is a typed error and leaves nothing behind; the next call is right', async () => {
    const {called, restore} = exhaustEveryCall();
    try {
      assertConformance(
        await runConformance({backend: 'wasm', rules: ['shape-and-dtype', 'non-finite'], randomCases: 2}),
      );
      tf.tidy(runTfjsOps);
    } finally {
      restore();
    }
    const names = [...kernels, ...additions, ...replacements].map(({kernelName}) => kernelName);
    expect([...called.keys()].sort()).toEqual(names.sort());
    // Identity shares memory and asks for none.
    for (const [name, most] of called) expect(most, name).toBeGreaterThanOrEqual(name === 'Identity' ? 0 : 1);
  }, 60_000);

  it('says what there was no memory for', () => {
    const x = normal(2, 9, 9, 5) as tf.Tensor4D;
    const filter = normal(3, 3, 5, 11) as tf.Tensor4D;
    vi.spyOn(backend.wasm, '_malloc').mockReturnValueOnce(0);
    expect(() => adderConv2d(x, filter, 1, 'same')).toThrow(
      /AdderConv2D: TF\.js's WebAssembly memory has no 7128 bytes left for the output of shape \[2, 9, 9, 11\]/,
    );
  });
});

describe('memory that is really out', () => {
  it("is a typed error of our kernels, of TF.js's, and of new tensors; with memory freed, all of them work again", () => {
    const x = normal(4, 64, 64, 8) as tf.Tensor4D;
    const filter = normal(3, 3, 8, 8) as tf.Tensor4D;
    const expected = {adder: adderConv2d(x, filter, 1, 'same').dataSync(), square: tf.square(x).dataSync()};
    const {wasm} = backend;
    const tensors = tf.memory().numTensors;

    const blocks: number[] = [];
    const {length: largest} = x.dataSync();
    for (let bytes = 2 ** 30; bytes > largest; bytes /= 2) {
      for (;;) {
        const block = follow(() => void blocks.push(wasm._malloc(bytes)));
        if (block.error !== undefined) break;
      }
    }
    expect(kernelModule(backend).memory.buffer.byteLength).toBeGreaterThan(2 ** 31 - 2 ** 20);
    const first = new Uint8Array(kernelModule(backend).memory.buffer, 0, 2048).slice();
    expect(() => adderConv2d(x, filter, 1, 'same')).toThrow(WasmOutOfMemoryError);
    expect(() => tf.square(x)).toThrow(WasmOutOfMemoryError);
    expect(() => tf.fill([largest], 7)).toThrow(WasmOutOfMemoryError);
    // Without the guard, values would have been written here.
    expect(new Uint8Array(kernelModule(backend).memory.buffer, 0, 2048)).toEqual(first);
    expect(tf.memory().numTensors).toBe(tensors);

    for (const block of blocks) wasm._free(block);
    expect(adderConv2d(x, filter, 1, 'same').dataSync()).toEqual(expected.adder);
    expect(tf.square(x).dataSync()).toEqual(expected.square);
    expect([...new Set(tf.fill([largest], 7).dataSync())]).toEqual([7]);
  });
});
