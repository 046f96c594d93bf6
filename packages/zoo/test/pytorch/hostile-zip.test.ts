// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {PytorchFileError, readPytorchFile} from '@addernet/zoo/pytorch';
import {good, one} from './hostile-fixtures.js';
import {bytesOf, orderedDict} from './pickle-writer.js';
import {floats, stateDictFile, storage, tensor, zipFile} from './torch-file-writer.js';

describe('a hostile zip archive', () => {
  const archive = stateDictFile('zip', {a: {shape: [2], values: [1, 2]}});
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const positions = (bytes: Uint8Array, signature: number): number[] =>
    Array.from({length: bytes.length - 3}, (_, index) => index).filter(
      (index) => view(bytes).getUint32(index, true) === signature,
    );
  const changed = (change: (data: DataView, directory: number[], end: number) => void): Uint8Array => {
    const bytes = archive.slice();
    const [end = 0] = positions(bytes, 0x06054b50);
    change(view(bytes), positions(bytes, 0x02014b50), end);
    return bytes;
  };

  it.each([
    [
      'says that an entry is huge',
      changed((data, [, second = 0]) => {
        data.setUint32(second + 20, 0xfffffff0, true);
        data.setUint32(second + 24, 0xfffffff0, true);
      }),
      /larger than the archive/,
    ],
    [
      'says that an entry unpacks to more',
      changed((data, [, second = 0]) => data.setUint32(second + 24, 0xfffffff0, true)),
      /is compressed/,
    ],
    [
      'says that an entry is packed',
      changed((data, [, second = 0]) => data.setUint16(second + 10, 8, true)),
      /is compressed/,
    ],
    [
      'has 65,535 entries',
      changed((data, _directory, end) => data.setUint16(end + 8, 65_535, true)),
      /without a name|twice/,
    ],
    ['has a directory elsewhere', changed((data, _directory, end) => data.setUint32(end + 16, 0x7fffffff, true)), /./],
    [
      'has an entry beyond its end',
      changed((data, [, second = 0]) => data.setUint32(second + 42, archive.length - 3, true)),
      /cut short/,
    ],
    ['has no entries', changed((data, _directory, end) => data.setUint16(end + 8, 0, true)), /0 NAME\/data\.pkl/],
  ])('that %s is refused', (_what, bytes, message) => {
    expect(() => readPytorchFile(bytes)).toThrow(PytorchFileError);
    expect(() => readPytorchFile(bytes)).toThrow(message);
  });

  it('that has an entry twice is refused', () => {
    const twice = zipFile(orderedDict({a: good}), {...one, 1: floats([2])});
    const [, , third = 0] = positions(twice, 0x02014b50);
    // data/1 becomes data/0 in the directory.
    twice[third + 46 + 'archive/data/'.length] = 0x30;
    expect(() => readPytorchFile(twice)).toThrow("its zip directory has 'archive/data/0' twice");
  });
});

describe('the checksums of a zip archive', () => {
  const weights = floats([1, 2, 3]);
  const archive = zipFile(orderedDict({a: tensor(storage({key: '0', elements: 3}), [3], [1])}), {0: weights});
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const find = (bytes: Uint8Array, wanted: Uint8Array): number =>
    Array.from(bytes.keys()).find((start) => wanted.every((byte, index) => bytes[start + index] === byte)) ?? NaN;
  const signature = (value: number): Uint8Array => {
    const bytes = new Uint8Array(4);
    view(bytes).setUint32(0, value, true);
    return bytes;
  };
  /** Where the directory's entries begin. */
  const directory = (bytes: Uint8Array): number[] =>
    Array.from(bytes.keys()).filter((start) => signature(0x02014b50).every((byte, at) => bytes[start + at] === byte));
  const changed = (change: (data: DataView, entries: readonly number[]) => void): Uint8Array => {
    const bytes = archive.slice();
    change(view(bytes), directory(bytes));
    return bytes;
  };

  it('find every bit that flipped in a weight, by the name of its entry', () => {
    const start = find(archive, weights);
    for (let bit = 0; bit < weights.length * 8; bit++) {
      const bytes = archive.slice();
      bytes[start + (bit >> 3)] = (bytes[start + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
      expect(() => readPytorchFile(bytes)).toThrow(PytorchFileError);
      expect(() => readPytorchFile(bytes)).toThrow(
        /'archive\/data\/0' has the checksum [0-9a-f]{8}; its zip directory says/,
      );
    }
  });

  it('are of the pickle, too', () => {
    const bytes = changed((data, [pickled = 0]) => data.setUint32(pickled + 16, 1, true));
    expect(() => readPytorchFile(bytes)).toThrow(/'archive\/data\.pkl' has the checksum .* says 00000001: damaged/);
  });

  it('that are all 0 were not computed; one of them alone is wrong', () => {
    const without = changed((data, entries) => entries.forEach((entry) => data.setUint32(entry + 16, 0, true)));
    expect(readPytorchFile(without).tensors.get('a')?.toFloat32()).toEqual(Float32Array.of(1, 2, 3));
    const one = changed((data, [, second = 0]) => data.setUint32(second + 16, 0, true));
    expect(() => readPytorchFile(one)).toThrow(/'archive\/data\/0' has the checksum .* says 00000000/);
  });

  it('are found in the directory of a ZIP64 archive', () => {
    const end = find(archive, signature(0x06054b50));
    const [entries, start] = [view(archive).getUint16(end + 8, true), view(archive).getUint32(end + 16, true)];
    const record = new Uint8Array(56);
    view(record).setUint32(0, 0x06064b50, true);
    view(record).setBigUint64(32, BigInt(entries), true);
    view(record).setBigUint64(48, BigInt(start), true);
    const locator = new Uint8Array(20);
    view(locator).setUint32(0, 0x07064b50, true);
    view(locator).setBigUint64(8, BigInt(end), true);
    const last = archive.slice(end);
    view(last).setUint16(8, 0xffff, true);
    view(last).setUint32(16, 0xffffffff, true);
    const zip64 = bytesOf(archive.subarray(0, end), record, locator, last);
    expect(readPytorchFile(zip64).tensors.get('a')?.toFloat32()).toEqual(Float32Array.of(1, 2, 3));
    const first = find(zip64, weights);
    zip64[first] = 1;
    expect(() => readPytorchFile(zip64)).toThrow(/'archive\/data\/0' has the checksum/);
  });
});
