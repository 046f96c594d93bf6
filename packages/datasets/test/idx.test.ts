// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {DataFileError, DataFileSizeError, decodeIdx, encodeIdx} from '../src/index.js';

function named(bytes: Uint8Array) {
  return {name: 'images-idx3-ubyte', bytes};
}

describe('IDX files', () => {
  it('have a big-endian header and the values behind it', () => {
    const bytes = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
    const {shape, values} = decodeIdx(named(bytes), [-1, 3]);
    expect(shape).toEqual([2, 3]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(encodeIdx(values, shape)).toEqual(bytes);
  });

  it('read back what was written', () => {
    const arrays = fc.array(fc.integer({min: 0, max: 5}), {minLength: 1, maxLength: 4}).chain((shape) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return fc.tuple(fc.constant(shape), fc.uint8Array({minLength: length, maxLength: length}));
    });
    fc.assert(
      fc.property(arrays, ([shape, values]) => {
        const result = decodeIdx(
          named(encodeIdx(values, shape)),
          shape.map(() => -1),
        );
        expect(result.shape).toEqual(shape);
        expect([...result.values]).toEqual([...values]);
      }),
    );
  });

  it('read from the middle of a buffer', () => {
    const inner = encodeIdx(Uint8Array.of(9, 8), [2]);
    const outer = new Uint8Array(inner.length + 3);
    outer.set(inner, 3);
    expect([...decodeIdx(named(outer.subarray(3)), [2]).values]).toEqual([9, 8]);
  });

  it('tell what is wrong: format, shape, size', () => {
    const good = encodeIdx(new Uint8Array(2 * 28 * 28), [2, 28, 28]);
    expect(() => decodeIdx(named(good), [-1])).toThrow(/starts with 0x00000803; expected 0x00000801/);
    expect(() => decodeIdx(named(good), [-1, 32, 32])).toThrow(/has shape \[2, 28, 28\]; expected \[any, 32, 32\]/);
    const truncated = () => decodeIdx(named(good.subarray(0, 1000)), [-1, 28, 28]);
    expect(truncated).toThrow(DataFileSizeError);
    expect(truncated).toThrow(/images-idx3-ubyte: has 1,000 bytes; expected 1,584/);
    expect(() => decodeIdx(named(new Uint8Array(5)), [-1])).toThrow(DataFileSizeError);
  });

  it('never fail otherwise, whatever the bytes', () => {
    const header = fc.constantFrom([0, 0, 8, 3], [0, 0, 8, 1], [0, 0, 8, 2], [0x1f, 0x8b, 8, 0]);
    const anyFile = fc
      .tuple(header, fc.uint8Array({maxLength: 60}))
      .map(([start, rest]) => Uint8Array.of(...start, ...rest));
    fc.assert(
      fc.property(
        fc.oneof(anyFile, fc.uint8Array({maxLength: 40})),
        fc.constantFrom([-1], [-1, 28, 28], [-1, -1]),
        (bytes, shape) => {
          try {
            const result = decodeIdx(named(bytes), shape);
            expect(result.values.length).toBe(result.shape.reduce((product, size) => product * size, 1));
          } catch (error) {
            expect(error).toBeInstanceOf(DataFileError);
          }
        },
      ),
      {numRuns: 500},
    );
  });

  it('are written only for values that fit the shape', () => {
    expect(() => encodeIdx(new Uint8Array(5), [2, 3])).toThrow(/5 values; shape \[2, 3\] has 6/);
  });
});
