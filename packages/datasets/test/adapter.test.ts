// SPDX-License-Identifier: Apache-2.0
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {ArgumentError} from '@addernet/core';
import type {LoadOptions, SplitName} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {DataFileError, DataFileSizeError, LabelRangeError, mnist, PartialDatasetError} from '../src/index.js';
import {createDatasetAdapter} from '../src/node.js';
import {failureOf, publishedCifar100, SPLITS, unpackedCifar100, UNREACHABLE} from './support/adapters.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {
  md5,
  place,
  recordBytes,
  SMALL_SIZES,
  smallCifar10,
  smallCifar100,
  smallMnist,
} from './support/small-datasets.js';

describe('an unpacked folder', () => {
  it('is used as it is, each split on its own', async () => {
    const adapter = createDatasetAdapter(smallCifar100());
    for (const split of SPLITS) {
      const root = await unpackedCifar100([split]);
      const loaded = await adapter.load(split, {source: 'official', root});
      expect(loaded).toMatchObject({name: split, size: SMALL_SIZES[split], numClasses: 100, imageShape: [32, 32, 3]});
      expect(loaded.provenance).toEqual({kind: 'official', label: 'CIFAR-100', path: join(root, 'cifar-100-binary')});
      expect(loaded.classNames[0]).toBe('apple');
      expect(await listFiles(root)).toEqual([`cifar-100-binary/${split}.bin`]);
    }
  });

  it('gives fine labels, or coarse ones when asked', async () => {
    const adapter = createDatasetAdapter(smallCifar100());
    const root = await unpackedCifar100();
    const fine = await adapter.load('test', {source: 'auto', root});
    const coarse = await adapter.load('test', {source: 'auto', root, labels: 'coarse'});
    expect(coarse).toMatchObject({numClasses: 20, size: SMALL_SIZES.test});
    expect(md5(coarse.pixels)).toBe(md5(fine.pixels));
    expect(coarse.classNames[0]).toBe('aquatic_mammals');
    expect([...coarse.labels]).toEqual(Array.from(fine.labels, (label) => Math.floor(label / 5)));
  });

  it('is found through $ADDERNET_DATA', async () => {
    const root = await unpackedCifar100();
    const before = process.env['ADDERNET_DATA'];
    process.env['ADDERNET_DATA'] = root;
    try {
      const {provenance} = await createDatasetAdapter(smallCifar100()).load('test', {source: 'official'});
      expect(provenance.path).toBe(join(root, 'cifar-100-binary'));
    } finally {
      if (before === undefined) delete process.env['ADDERNET_DATA'];
      else process.env['ADDERNET_DATA'] = before;
    }
  });

  it.each(['auto', 'official'] as const)(
    'with a truncated file is an error under source %s, never a stand-in',
    async (source) => {
      const root = await unpackedCifar100();
      const file = join(root, 'cifar-100-binary', 'train.bin');
      await writeFile(file, (await readFile(file)).subarray(0, 100_000));
      const adapter = createDatasetAdapter(smallCifar100(UNREACHABLE));
      const error = await failureOf(adapter.load('train', {source, root}));
      expect(error).toBeInstanceOf(DataFileSizeError);
      expect(error).toMatchObject({file, expectedBytes: 614_800, actualBytes: 100_000});
      expect(String(error)).toContain(`${file}: has 100,000 bytes; expected 614,800`);
      expect((await adapter.load('test', {source, root})).provenance.kind).toBe('official');
    },
  );

  it('with a label that is no class is an error that names file and record', async () => {
    const root = await unpackedCifar100();
    const file = join(root, 'cifar-100-binary', 'train.bin');
    const bytes = await readFile(file);
    bytes[17 * 3074 + 1] = 101;
    await writeFile(file, bytes);
    const error = await failureOf(createDatasetAdapter(smallCifar100()).load('train', {source: 'auto', root}));
    expect(error).toBeInstanceOf(LabelRangeError);
    expect(String(error)).toContain(`${file}: record 17 has fine label 101; expected 0 to 99`);
  });

  it('of MNIST may be compressed or not', async () => {
    const {definition, published} = smallMnist([]);
    const adapter = createDatasetAdapter(definition);
    const compressed = await temporaryFolder();
    const plain = await temporaryFolder();
    const [images, labels] = recordBytes(mnist, 'test', SMALL_SIZES.test);
    for (const [path, bytes] of Object.entries(published)) await place(join(compressed, 'MNIST/raw', path), bytes);
    await place(join(plain, 'MNIST/raw/t10k-images-idx3-ubyte'), images ?? new Uint8Array());
    await place(join(plain, 'MNIST/raw/t10k-labels-idx1-ubyte'), labels ?? new Uint8Array());
    const first = await adapter.load('test', {source: 'official', root: compressed});
    const second = await adapter.load('test', {source: 'official', root: plain});
    expect(first).toMatchObject({size: SMALL_SIZES.test, imageShape: [28, 28, 1], numClasses: 10});
    expect(md5(second.pixels)).toBe(md5(first.pixels));
    expect([...second.labels]).toEqual([...first.labels]);
  });

  it('of MNIST with a damaged file is an error that names it', async () => {
    const {definition, published} = smallMnist(['http://127.0.0.1:9']);
    const adapter = createDatasetAdapter(definition);
    const root = await temporaryFolder();
    for (const [path, bytes] of Object.entries(published)) await place(join(root, 'MNIST/raw', path), bytes);
    const images = join(root, 'MNIST/raw/t10k-images-idx3-ubyte.gz');
    const whole = published['/t10k-images-idx3-ubyte.gz'] ?? new Uint8Array();
    for (const [damaged, message] of [
      [whole.subarray(0, whole.length / 2), /truncated or corrupt gzip file/],
      [gzipSync(new Uint8Array(1000)), /has 1,000 bytes; expected 78,416/],
      [gzipSync(new Uint8Array(1_000_000)), /expected 78,416/],
      [gzipSync(new Uint8Array(78_416)), /starts with 0x00000000; expected 0x00000803/],
      [Buffer.from('no gzip'), /has 7 bytes; expected 78,416/],
    ] as const) {
      await writeFile(images, damaged);
      const error = await failureOf(adapter.load('test', {source: 'auto', root}));
      expect(error).toBeInstanceOf(DataFileError);
      expect(error).toMatchObject({file: images});
      expect(String(error)).toMatch(message);
    }
  });
});

describe('a partial CIFAR-10', () => {
  async function partialRoot(numbers: readonly number[]): Promise<string> {
    const root = await temporaryFolder();
    for (const number of numbers) {
      const [bytes] = recordBytes(smallCifar10(), 'train', 20, number);
      await place(join(root, 'cifar-10-batches-bin', `data_batch_${number}.bin`), bytes ?? new Uint8Array());
    }
    const [bytes] = recordBytes(smallCifar10(), 'test', 20);
    await place(join(root, 'cifar-10-batches-bin', 'test_batch.bin'), bytes ?? new Uint8Array());
    return root;
  }
  const adapter = createDatasetAdapter(smallCifar10());

  it.each(['auto', 'official'] as const)('is refused under source %s without allowPartial', async (source) => {
    const root = await partialRoot([1, 4]);
    const error = await failureOf(adapter.load('train', {source, root}));
    expect(error).toBeInstanceOf(PartialDatasetError);
    expect(String(error)).toMatch(/--allow-partial/);
    expect(String(error)).toMatch(
      /2 of 5 train files \(40 of 100 images\); missing: data_batch_2\.bin, data_batch_3\.bin, data_batch_5\.bin/,
    );
  });

  it('is used and labelled with allowPartial; its test split is whole', async () => {
    const root = await partialRoot([1, 4]);
    const train = await adapter.load('train', {source: 'auto', root, allowPartial: true});
    expect(train.size).toBe(40);
    expect(train.provenance).toMatchObject({kind: 'partial', label: 'CIFAR-10 (40 of 100)'});
    expect(train.balancedSubset(10, 0).provenance.label).toBe('CIFAR-10 (40 of 100)');
    const test = await adapter.load('test', {source: 'auto', root});
    expect(test.provenance).toMatchObject({kind: 'official', label: 'CIFAR-10'});
  });

  it('has its files in order', async () => {
    const root = await partialRoot([1, 2, 3, 4, 5]);
    const train = await adapter.load('train', {source: 'official', root});
    expect(train).toMatchObject({size: 100, provenance: {kind: 'official', label: 'CIFAR-10'}});
    const expected = [1, 2, 3, 4, 5].flatMap((number) => {
      const [bytes] = recordBytes(smallCifar10(), 'train', 20, number);
      return Array.from({length: 20}, (_, record) => bytes?.[record * 3073]);
    });
    expect([...train.labels]).toEqual(expected);
  });

  it('with a damaged file among those there is an error', async () => {
    const root = await partialRoot([1, 2]);
    await writeFile(join(root, 'cifar-10-batches-bin', 'data_batch_2.bin'), 'short');
    const load = adapter.load('train', {source: 'auto', root, allowPartial: true});
    await expect(load).rejects.toThrow(/data_batch_2\.bin: has 5 bytes; expected 61,460/);
  });
});

describe('status', () => {
  it('tells what is there by looking only', async () => {
    const {adapter, archive} = await publishedCifar100();
    const empty = join(await temporaryFolder(), 'not', 'there');
    expect(await adapter.status({root: empty})).toEqual({
      available: 'none',
      detail: `not in ${join(empty, 'cifar-100-binary')}; downloaded when it is used`,
    });
    const withArchive = await temporaryFolder();
    await writeFile(join(withArchive, 'cifar-100-binary.tar.gz'), archive);
    expect(await adapter.status({root: withArchive})).toMatchObject({
      available: 'none',
      detail: expect.stringMatching(/tar\.gz is there/),
    });
    const both = await unpackedCifar100();
    expect(await adapter.status({root: both})).toEqual({
      available: 'official',
      detail: `train (200 images); test (100 images) in ${join(both, 'cifar-100-binary')}`,
    });
    const one = await unpackedCifar100(['test']);
    expect(await adapter.status({root: one})).toMatchObject({
      available: 'partial',
      detail: expect.stringMatching(/^no train; test \(100 images\)/),
    });
    await writeFile(join(one, 'cifar-100-binary', 'train.bin'), 'short');
    expect(await adapter.status({root: one})).toMatchObject({
      available: 'partial',
      detail: expect.stringMatching(/train is damaged: .*train\.bin: has 5 bytes; expected 614,800/),
    });
  });

  it('tells a partial CIFAR-10 by its images', async () => {
    const root = await temporaryFolder();
    const [bytes] = recordBytes(smallCifar10(), 'train', 20);
    await place(join(root, 'cifar-10-batches-bin', 'data_batch_3.bin'), bytes ?? new Uint8Array());
    await mkdir(join(root, 'cifar-10-batches-bin', 'test_batch.bin'));
    expect(await createDatasetAdapter(smallCifar10()).status({root})).toMatchObject({
      available: 'partial',
      detail: expect.stringMatching(/^train \(20 of 100 images; data_batch_1\.bin, .* missing\); no test/),
    });
  });
});

describe('wrong options', () => {
  const adapter = createDatasetAdapter(smallCifar10());
  it.each([
    ['split', {split: 'validation'}, /CIFAR-10: split is 'validation'; expected 'train' or 'test'/],
    ['source', {source: 'download'}, /CIFAR-10: source is 'download'; expected 'auto' or 'official' or 'synthetic'/],
    ['labels', {labels: 'coarse'}, /CIFAR-10: labels is 'coarse'; expected 'fine'/],
  ])('are named: %s', async (_, given, message) => {
    const {split, ...options} = {split: 'train', source: 'auto', ...given} as {split: SplitName} & LoadOptions;
    const error = await failureOf(adapter.load(split, options));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toMatch(message);
  });
});
