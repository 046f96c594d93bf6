// SPDX-License-Identifier: Apache-2.0
import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  cifar100,
  DataFileError,
  DatasetError,
  DatasetUnavailableError,
  mnist,
  PartialDatasetError,
  splitFromFiles,
  type NamedBytes,
} from '../src/index.js';
import {md5, recordBytes, SMALL_SIZES, smallCifar10, smallCifar100, smallMnist} from './support/small-datasets.js';

function mnistFiles(compress: boolean): NamedBytes[] {
  return ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'].map((name, index) => {
    const bytes = recordBytes(mnist, 'test', SMALL_SIZES.test)[index] ?? new Uint8Array();
    return compress ? {name: `${name}.gz`, bytes: gzipSync(bytes)} : {name, bytes};
  });
}

describe('splitFromFiles', () => {
  it('reads dropped files by name, compressed or not, among others', async () => {
    const {definition} = smallMnist([]);
    const other = {name: 'readme.txt', bytes: new Uint8Array(3)};
    const plain = await splitFromFiles(definition, 'test', [other, ...mnistFiles(false)]);
    const compressed = await splitFromFiles(definition, 'test', mnistFiles(true));
    expect(plain).toMatchObject({size: SMALL_SIZES.test, provenance: {kind: 'official', label: 'MNIST'}});
    expect(plain.provenance.path).toBeUndefined();
    expect(md5(compressed.pixels)).toBe(md5(plain.pixels));
  });

  it('does not mind folders before the name', async () => {
    const [bytes = new Uint8Array()] = recordBytes(cifar100, 'test', SMALL_SIZES.test);
    for (const name of ['cifar-100-binary/test.bin', 'C:\\data\\test.bin']) {
      const split = await splitFromFiles(smallCifar100(), 'test', [{name, bytes}], {labels: 'coarse'});
      expect(split).toMatchObject({size: SMALL_SIZES.test, numClasses: 20});
    }
  });

  it('says what was given and what was expected', async () => {
    const nothing = splitFromFiles(smallCifar100(), 'train', [{name: 'test.bin', bytes: new Uint8Array()}]);
    await expect(nothing).rejects.toBeInstanceOf(DatasetUnavailableError);
    await expect(nothing).rejects.toThrow('CIFAR-100: given test.bin; expected train.bin for the train split');
    await expect(splitFromFiles(smallCifar100(), 'train', [])).rejects.toThrow(/given no files/);
  });

  it('takes a part of CIFAR-10 when allowed', async () => {
    const [bytes = new Uint8Array()] = recordBytes(smallCifar10(), 'train', 20);
    const files = [{name: 'data_batch_2.bin', bytes}];
    await expect(splitFromFiles(smallCifar10(), 'train', files)).rejects.toBeInstanceOf(PartialDatasetError);
    const split = await splitFromFiles(smallCifar10(), 'train', files, {allowPartial: true});
    expect(split.provenance).toEqual({kind: 'partial', label: 'CIFAR-10 (20 of 100)'});
  });

  it('names a file that is truncated or corrupt', async () => {
    const {definition} = smallMnist([]);
    const [images, labels] = mnistFiles(true);
    const damaged = {name: 't10k-images-idx3-ubyte.gz', bytes: (images?.bytes ?? new Uint8Array()).subarray(0, 500)};
    const load = splitFromFiles(definition, 'test', [damaged, labels ?? damaged]);
    await expect(load).rejects.toBeInstanceOf(DataFileError);
    await expect(load).rejects.toThrow(/^t10k-images-idx3-ubyte\.gz: cannot be decompressed/);
  });

  it('tells images and labels that do not belong together', async () => {
    const {definition} = smallMnist([]);
    const [images] = mnistFiles(false);
    const labels = recordBytes(mnist, 'test', SMALL_SIZES.test)[1]?.slice() ?? new Uint8Array();
    labels[8 + 5] = 10;
    const load = splitFromFiles(definition, 'test', [
      images ?? {name: '', bytes: labels},
      {name: 't10k-labels-idx1-ubyte', bytes: labels},
    ]);
    await expect(load).rejects.toThrow(/t10k-labels-idx1-ubyte: record 5 has label 10; expected 0 to 9/);
  });

  it('never fails otherwise, whatever is damaged', async () => {
    const {definition} = smallMnist([]);
    const damage = fc.record({
      file: fc.nat(1),
      compress: fc.boolean(),
      at: fc.array(fc.record({where: fc.double({min: 0, max: 1, noNaN: true}), to: fc.integer({min: 0, max: 255})}), {
        maxLength: 4,
      }),
      keep: fc.oneof(fc.constant(1), fc.double({min: 0, max: 1, noNaN: true})),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({file, compress, at, keep}) => {
        const files = mnistFilesOnce(compress).map((one, index) => {
          if (index !== file) return one;
          const bytes = one.bytes.slice(0, Math.ceil(one.bytes.length * keep));
          for (const {where, to} of at) bytes[Math.floor(where * Math.min(64, bytes.length))] = to;
          return {name: one.name, bytes};
        });
        try {
          const split = await splitFromFiles(definition, 'test', files);
          expect(split.size).toBe(SMALL_SIZES.test);
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError);
        }
      }),
      {numRuns: 60},
    );
  });
});

const made = {plain: mnistFiles(false), compressed: mnistFiles(true)};

function mnistFilesOnce(compress: boolean): readonly NamedBytes[] {
  return compress ? made.compressed : made.plain;
}
