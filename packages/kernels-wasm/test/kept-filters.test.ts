// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, conv2d, CounterRandom, fusedAdderConv2d} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import type {WasmBackend} from '../src/backend.js';
import {WasmOutOfMemoryError} from '../src/index.js';
import {startWasmBackend, watchAllocator} from './wasm-backend.js';

let backend: WasmBackend;

beforeAll(async () => {
  backend = await startWasmBackend({override: true});
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  vi.restoreAllMocks();
  tf.engine().endScope();
});

function normal<Shape extends number[]>(seed: number, ...shape: Shape): Float32Array {
  const random = new CounterRandom(seed, ...shape);
  return Float32Array.from({length: shape.reduce((product, size) => product * size, 1)}, () => random.normal());
}

const FILTER_BYTES = 3 * 3 * 4 * 24 * 4;

const image = (): tf.Tensor4D => tf.tensor4d(normal(1, 2, 9, 8, 4), [2, 9, 8, 4]);
const filterOf = (seed: number): tf.Tensor4D => tf.tensor4d(normal(seed, 3, 3, 4, 24), [3, 3, 4, 24]);

type Op = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D;

const OPS: Readonly<Record<string, Op>> = {
  adderConv2d: (x, filter) => adderConv2d(x, filter, 1, 'same'),
  conv2d: (x, filter) => conv2d(x, filter, 1, 'same'),
  'tf.conv2d': (x, filter) => tf.conv2d(x, filter, 1, 'same'),
  fusedAdderConv2d: (x, filter) =>
    fusedAdderConv2d({x, filter, scale: tf.ones([24]), offset: tf.zeros([24]), strides: 1, pad: 'same'}),
};

describe.each(Object.entries(OPS))('a filter of %s that is used again', (_, op) => {
  it('is packed no more from the third call on, and gives the same numbers', () => {
    const x = image();
    const filter = filterOf(2);
    const run = (): {values: Float32Array; bytes: number} => {
      const watch = watchAllocator(backend);
      const values = tf.tidy(() => op(x, filter).dataSync<'float32'>().slice());
      watch.stop();
      return {values, bytes: watch.bytes};
    };
    const [first, second, third, fourth] = [run(), run(), run(), run()];
    for (const {values} of [second, third, fourth]) expect(values).toEqual(first.values);
    expect(third.bytes).toBeLessThanOrEqual(first.bytes - FILTER_BYTES);
    expect(fourth.bytes).toBe(third.bytes);
  });

  it('leaves nothing behind when it goes', () => {
    const x = image();
    const values = normal(3, 3, 3, 4, 24);
    const watch = watchAllocator(backend);
    tf.tidy(() => {
      const filter = tf.tensor4d(values, [3, 3, 4, 24]);
      for (let call = 0; call < 3; call++) op(x, filter);
      expect(watch.live.size).toBeGreaterThan(0);
    });
    watch.stop();
    expect(watch.live.size).toBe(0);
  });
});

describe('what is kept of a filter', () => {
  it("is not taken for a variable's next values", () => {
    const x = image();
    const filter = tf.variable(filterOf(4));
    const next = filterOf(5);
    const expected = adderConv2d(x, next, 1, 'same').dataSync();
    for (let call = 0; call < 3; call++) adderConv2d(x, filter as tf.Tensor4D, 1, 'same');
    filter.assign(next.clone());
    for (let call = 0; call < 3; call++) {
      expect(adderConv2d(x, filter as tf.Tensor4D, 1, 'same').dataSync()).toEqual(expected);
    }
    filter.dispose();
  });

  it('is not taken for the same values in another shape, in groups, or under another operator', () => {
    const wide = tf.tensor4d(normal(6, 3, 3, 4, 8), [3, 3, 4, 8]);
    const narrow = tf.reshape(wide, [3, 3, 2, 16]) as tf.Tensor4D;
    const x4 = image();
    const x2 = tf.slice(x4, [0, 0, 0, 0], [2, 9, 8, 2]) as tf.Tensor4D;
    const uses: (() => tf.Tensor4D)[] = [
      () => adderConv2d(x4, wide, 1, 'same'),
      () => adderConv2d(x2, narrow, 1, 'same'),
      () => adderConv2d(x4, narrow, 1, 'same', {groups: 2}),
      () => conv2d(x4, wide, 1, 'same'),
    ];
    const expected = uses.map((use) => use().dataSync());
    for (let round = 0; round < 3; round++) {
      expect(uses.map((use) => use().dataSync())).toEqual(expected);
    }
  });

  it('stays while a clone of the filter lives', () => {
    const x = image();
    const filter = filterOf(7);
    const expected = adderConv2d(x, filter, 1, 'same').dataSync();
    const packing = watchAllocator(backend);
    tf.tidy(() => void adderConv2d(x, filter, 1, 'same'));
    packing.stop();
    const clone = filter.clone();
    filter.dispose();
    const watch = watchAllocator(backend);
    expect(adderConv2d(x, clone, 1, 'same').dataSync()).toEqual(expected);
    watch.stop();
    expect(watch.bytes).toBeLessThanOrEqual(packing.bytes - FILTER_BYTES);
  });

  it('goes where memory is out', () => {
    const x = image();
    const filter = filterOf(9);
    const expected = adderConv2d(x, filter, 1, 'same').dataSync();
    const watch = watchAllocator(backend);
    tf.tidy(() => void adderConv2d(x, filter, 1, 'same'));
    watch.stop();
    const kept = [...watch.live];
    expect(kept).not.toEqual([]);

    const freed = vi.spyOn(backend.wasm, '_free');
    const blocks: number[] = [];
    expect(() => {
      for (;;) blocks.push(backend.wasm._malloc(2 ** 30));
    }).toThrow(WasmOutOfMemoryError);
    expect(freed.mock.calls.map(([address]) => address >>> 0).sort()).toEqual(kept.sort());
    for (const block of blocks) backend.wasm._free(block);
    expect(adderConv2d(x, filter, 1, 'same').dataSync()).toEqual(expected);
  });
});
