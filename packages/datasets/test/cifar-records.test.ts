// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  DataFileError,
  DataFileSizeError,
  decodeCifarRecords,
  encodeCifarRecords,
  LabelRangeError,
  type CifarLayout,
} from '../src/index.js';

const cifar100Layout: CifarLayout = {
  labels: [
    {name: 'coarse label', classCount: 20},
    {name: 'fine label', classCount: 100},
  ],
};
const cifar10Layout: CifarLayout = {labels: [{name: 'label', classCount: 10}]};

function named(bytes: Uint8Array) {
  return {name: 'train.bin', bytes};
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('CIFAR records', () => {
  it('turn planes into interleaved pixels', () => {
    const bytes = new Uint8Array(3073);
    bytes[0] = 7;
    bytes[1] = 11; // red of pixel (0, 0)
    bytes[1 + 1024] = 22; // its green
    bytes[1 + 2048] = 33; // its blue
    bytes[1 + 33] = 44; // red of pixel (1, 1)
    bytes[3072] = 55; // blue of pixel (31, 31)
    const {pixels, labels, count} = decodeCifarRecords(named(bytes), cifar10Layout, 0);
    expect(count).toBe(1);
    expect([...labels]).toEqual([7]);
    expect([...pixels.subarray(0, 3)]).toEqual([11, 22, 33]);
    expect(pixels[(32 + 1) * 3]).toBe(44);
    expect(pixels[3071]).toBe(55);
    expect(pixels.reduce((sum, value) => sum + value, 0)).toBe(11 + 22 + 33 + 44 + 55);
  });

  it('read back what was written, for both label bytes', () => {
    const records = fc.integer({min: 0, max: 4}).chain((count) =>
      fc.record({
        pixels: fc.uint8Array({minLength: count * 3072, maxLength: count * 3072}),
        coarse: fc.uint8Array({minLength: count, maxLength: count, max: 19}),
        fine: fc.uint8Array({minLength: count, maxLength: count, max: 99}),
      }),
    );
    fc.assert(
      fc.property(records, ({pixels, coarse, fine}) => {
        const bytes = encodeCifarRecords(pixels, [coarse, fine], cifar100Layout);
        expect(bytes.length).toBe(fine.length * 3074);
        const asCoarse = decodeCifarRecords(named(bytes), cifar100Layout, 0, fine.length);
        const asFine = decodeCifarRecords(named(bytes), cifar100Layout, 1);
        expect(asFine.pixels).toEqual(new Uint8Array(pixels));
        expect(asFine.labels).toEqual(new Uint8Array(fine));
        expect(asCoarse.labels).toEqual(new Uint8Array(coarse));
      }),
      {numRuns: 30},
    );
  });

  it('name the file, the expected and the actual size when truncated', () => {
    const error = thrownBy(() => decodeCifarRecords(named(new Uint8Array(2 * 3074 - 1)), cifar100Layout, 1, 2));
    expect(error).toBeInstanceOf(DataFileSizeError);
    expect(error).toMatchObject({
      code: 'ADDERNET_DATA_FILE',
      file: 'train.bin',
      expectedBytes: 6148,
      actualBytes: 6147,
    });
    expect(String(error)).toMatch(/train\.bin: has 6,147 bytes; expected 6,148 .*truncated/);
  });

  it('refuse a length that is no whole number of records, also without a count', () => {
    expect(() => decodeCifarRecords(named(new Uint8Array(3075)), cifar100Layout, 1)).toThrow(DataFileSizeError);
    expect(() => decodeCifarRecords(named(new Uint8Array(3 * 3074)), cifar100Layout, 1, 2)).toThrow(DataFileSizeError);
  });

  it('name the record whose label is no class, whichever label is asked for', () => {
    const bytes = new Uint8Array(3 * 3074);
    bytes[2 * 3074 + 1] = 100;
    for (const labelIndex of [0, 1]) {
      const error = thrownBy(() => decodeCifarRecords(named(bytes), cifar100Layout, labelIndex));
      expect(error).toBeInstanceOf(LabelRangeError);
      expect(error).toMatchObject({record: 2, label: 100});
      expect(String(error)).toMatch(/train\.bin: record 2 has fine label 100; expected 0 to 99/);
    }
    bytes[0] = 20;
    expect(() => decodeCifarRecords(named(bytes), cifar100Layout, 1)).toThrow(
      /record 0 has coarse label 20; expected 0 to 19/,
    );
  });

  it('never fail otherwise, whatever the bytes', () => {
    const lengths = fc.oneof(fc.integer({min: 0, max: 8000}), fc.constantFrom(0, 3073, 3074, 6146, 6148));
    const anyBytes = lengths.chain((length) => fc.uint8Array({minLength: length, maxLength: length}));
    fc.assert(
      fc.property(anyBytes, fc.constantFrom(cifar10Layout, cifar100Layout), (bytes, layout) => {
        const error = thrownBy(() => {
          const {pixels, labels, count} = decodeCifarRecords(named(bytes), layout, 0);
          expect(bytes.length).toBe(count * (3072 + layout.labels.length));
          expect(pixels.length).toBe(count * 3072);
          expect(labels.every((label) => label < (layout.labels[0]?.classCount ?? 0))).toBe(true);
        });
        if (error !== undefined) expect(error).toBeInstanceOf(DataFileError);
      }),
      {numRuns: 200},
    );
  });

  it('refuse arguments that do not fit', () => {
    expect(() => decodeCifarRecords(named(new Uint8Array(0)), cifar10Layout, 1)).toThrow(
      /labelIndex is 1; expected 0 to 0/,
    );
    expect(() => encodeCifarRecords(new Uint8Array(3072), [new Uint8Array(2)], cifar10Layout)).toThrow(
      /3072 pixel bytes/,
    );
  });
});
