// SPDX-License-Identifier: Apache-2.0
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {ArgumentError} from '@addernet/core';
import type {DatasetAdapter, LoadOptions, SplitName} from '@addernet/plugin';
import {describe, expect, it, onTestFinished} from 'vitest';
import {
  ArchiveError,
  ChecksumError,
  cifar100,
  DataFileError,
  DataFileSizeError,
  DatasetUnavailableError,
  LabelRangeError,
  mnist,
  PartialDatasetError,
  type DatasetDefinition,
} from '../src/index.js';
import {createDatasetAdapter} from '../src/node.js';
import {startFileServer, type FileServer} from './support/file-server.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {
  md5,
  place,
  recordBytes,
  SMALL_SIZES,
  SMALL_STAND_IN,
  smallCifar10,
  smallCifar100,
  smallCifar100Archive,
  smallMnist,
  tarGz,
} from './support/small-datasets.js';

const SPLITS = ['train', 'test'] as const satisfies readonly SplitName[];

async function serve(files: Readonly<Record<string, Uint8Array>>): Promise<FileServer> {
  const server = await startFileServer(files);
  onTestFinished(() => server.close());
  return server;
}

interface Published {
  readonly adapter: DatasetAdapter;
  readonly definition: DatasetDefinition;
  readonly server: FileServer;
  readonly archive: Uint8Array;
  readonly root: string;
}

/** A small CIFAR-100 whose archive a local server has. */
async function publishedCifar100(): Promise<Published> {
  const archive = await smallCifar100Archive(await temporaryFolder());
  const server = await serve({'/cifar-100-binary.tar.gz': archive});
  const definition = smallCifar100(`${server.url}/cifar-100-binary.tar.gz`, archive);
  return {adapter: createDatasetAdapter(definition), definition, server, archive, root: await temporaryFolder()};
}

/** A data folder with unpacked files of the small CIFAR-100. */
async function unpackedCifar100(splits: readonly SplitName[] = SPLITS): Promise<string> {
  const root = await temporaryFolder();
  for (const split of splits) {
    const [bytes] = recordBytes(cifar100, split, SMALL_SIZES[split]);
    await place(join(root, 'cifar-100-binary', `${split}.bin`), bytes ?? new Uint8Array());
  }
  return root;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Nothing answers there, at once. */
const UNREACHABLE = 'http://127.0.0.1:9/cifar-100-binary.tar.gz';

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

describe('a download', () => {
  it('brings both splits, once, and leaves the record files only', async () => {
    const {adapter, server, root} = await publishedCifar100();
    const [train, test] = await Promise.all(SPLITS.map((split) => adapter.load(split, {source: 'auto', root})));
    expect(train?.provenance).toMatchObject({kind: 'official', label: 'CIFAR-100'});
    expect([train?.size, test?.size]).toEqual([SMALL_SIZES.train, SMALL_SIZES.test]);
    expect(server.requests.length).toBe(1);
    expect(await listFiles(root)).toEqual(['cifar-100-binary/test.bin', 'cifar-100-binary/train.bin']);
  });

  it('reports progress and makes the data folder', async () => {
    const {adapter, root} = await publishedCifar100();
    const files = new Set<string>();
    const nested = join(root, 'a', 'b');
    const onProgress: LoadOptions['onProgress'] = ({file}) => files.add(file);
    await adapter.load('test', {source: 'official', root: nested, onProgress});
    expect([...files]).toEqual(['cifar-100-binary.tar.gz']);
  });

  it('fills in the split that is missing and leaves the other alone', async () => {
    const {adapter, root} = await publishedCifar100();
    await adapter.load('test', {source: 'official', root});
    const test = join(root, 'cifar-100-binary', 'test.bin');
    const own = Buffer.from(await readFile(test)).fill(0);
    await writeFile(test, own);
    await rm(join(root, 'cifar-100-binary', 'train.bin'));
    expect((await adapter.load('train', {source: 'official', root})).size).toBe(SMALL_SIZES.train);
    expect(md5(await readFile(test))).toBe(md5(own));
  });

  it('is not needed when the archive lies in the data folder; a wrong one is an error', async () => {
    const {definition, archive, root} = await publishedCifar100();
    const adapter = createDatasetAdapter({
      ...definition,
      downloads: definition.downloads.map((one) => ({...one, urls: [UNREACHABLE]})),
    });
    const path = join(root, 'cifar-100-binary.tar.gz');
    await writeFile(path, archive.subarray(0, 1000));
    for (const source of ['auto', 'official'] as const) {
      const error = await failureOf(adapter.load('test', {source, root}));
      expect(error).toBeInstanceOf(ChecksumError);
      expect(String(error)).toContain(
        `${path}: MD5 is ${md5(archive.subarray(0, 1000))}; expected ${md5(archive)}. Delete the file`,
      );
    }
    await writeFile(path, archive);
    expect((await adapter.load('test', {source: 'auto', root})).provenance.kind).toBe('official');
    expect(await listFiles(root)).toEqual([
      'cifar-100-binary.tar.gz',
      'cifar-100-binary/test.bin',
      'cifar-100-binary/train.bin',
    ]);
  });

  it('with the wrong checksum is an error, also under auto, and leaves nothing', async () => {
    const {adapter, server, root} = await publishedCifar100();
    server.always = {content: Buffer.from('something else')};
    const error = await failureOf(adapter.load('test', {source: 'auto', root}));
    expect(error).toBeInstanceOf(ChecksumError);
    expect(String(error)).toContain(server.url);
    expect(await listFiles(root)).toEqual([]);
  });

  it('of an archive without the files is an error; what came is kept', async () => {
    const archive = await tarGz(await temporaryFolder(), {'cifar-100-binary/train.bin': Buffer.from('short')});
    const server = await serve({'/a.tar.gz': archive});
    const adapter = createDatasetAdapter(smallCifar100(`${server.url}/a.tar.gz`, archive));
    const root = await temporaryFolder();
    const error = await failureOf(adapter.load('test', {source: 'auto', root}));
    expect(error).toBeInstanceOf(ArchiveError);
    expect(await listFiles(root)).toEqual(['cifar-100-binary.tar.gz.part']);
  });

  it('of MNIST gets the two files of the split, from the mirror if need be', async () => {
    const {published} = smallMnist([]);
    const server = await serve(
      Object.fromEntries(Object.entries(published).map(([path, bytes]) => [`/mirror${path}`, bytes])),
    );
    const {definition} = smallMnist([`${server.url}/gone`, `${server.url}/mirror`]);
    const root = await temporaryFolder();
    const split = await createDatasetAdapter(definition).load('test', {source: 'official', root});
    expect(split).toMatchObject({size: SMALL_SIZES.test, provenance: {label: 'MNIST', kind: 'official'}});
    expect(await listFiles(root)).toEqual([
      'MNIST/raw/t10k-images-idx3-ubyte.gz',
      'MNIST/raw/t10k-labels-idx1-ubyte.gz',
    ]);
  });

  it('ends when aborted, with the reason', async () => {
    const {adapter, server, root} = await publishedCifar100();
    server.always = {stallAfter: 1000};
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    setTimeout(() => controller.abort(reason), 100);
    expect(await failureOf(adapter.load('test', {source: 'auto', root, signal: controller.signal}))).toBe(reason);
    server.always = {};
    expect((await adapter.load('test', {source: 'auto', root})).size).toBe(SMALL_SIZES.test);
    expect(server.requests.at(-1)?.range).toBe('bytes=1000-');
  });
});

describe('without data and network', () => {
  it('auto takes the stand-in, and says so and why', async () => {
    const adapter = createDatasetAdapter(smallCifar100(UNREACHABLE));
    const root = await temporaryFolder();
    const notices: string[] = [];
    const train = await adapter.load('train', {source: 'auto', root, onNotice: (notice) => notices.push(notice)});
    expect(train.provenance).toEqual({kind: 'synthetic', label: 'synthetic stand-in for CIFAR-100'});
    expect(train.size).toBe(SMALL_STAND_IN.train);
    expect(notices.length).toBe(1);
    expect(notices[0]).toMatch(
      /^synthetic stand-in for CIFAR-100: train images are generated \(300 train, 150 test\), no official data: .*ECONNREFUSED/,
    );
    expect(notices[0]).not.toContain('\n');
  });

  it('auto does not wait for the same failure twice', async () => {
    const server = await serve({});
    const adapter = createDatasetAdapter(smallCifar100(`${server.url}/missing.tar.gz`));
    const root = await temporaryFolder();
    for (const split of SPLITS) await adapter.load(split, {source: 'auto', root});
    expect(server.requests.length).toBe(1);
    await failureOf(adapter.load('test', {source: 'official', root}));
    expect(server.requests.length).toBe(2);
  });

  it('auto does not mix generated images with an official split', async () => {
    const adapter = createDatasetAdapter(smallCifar100(UNREACHABLE));
    const error = await failureOf(adapter.load('train', {source: 'auto', root: await unpackedCifar100(['test'])}));
    expect(error).toBeInstanceOf(DatasetUnavailableError);
    expect(String(error)).toMatch(/official test split is there.*--data=synthetic/);
  });

  it('official refuses, and says what to fetch and where to put it', async () => {
    const adapter = createDatasetAdapter(smallCifar100(UNREACHABLE));
    const root = await temporaryFolder();
    const error = await failureOf(adapter.load('train', {source: 'official', root}));
    expect(error).toBeInstanceOf(DatasetUnavailableError);
    expect(error).toMatchObject({code: 'ADDERNET_DATA_UNAVAILABLE', cause: {code: 'ADDERNET_DOWNLOAD'}});
    const message = String(error);
    expect(message).toContain(
      `put ${UNREACHABLE} (MD5 03b5dce01913d631647c71ecec9e9cb8) to ${join(root, 'cifar-100-binary.tar.gz')}`,
    );
    expect(message).toContain(`put the unpacked files (train.bin) into ${join(root, 'cifar-100-binary')}`);
    expect(message).toContain('ADDERNET_DATA');
  });

  it('auto takes the stand-in when the data folder cannot be made; official says why', async () => {
    const {adapter, root} = await publishedCifar100();
    await writeFile(join(root, 'file'), '');
    const blocked = join(root, 'file', 'data');
    const notices: string[] = [];
    const test = await adapter.load('test', {
      source: 'auto',
      root: blocked,
      onNotice: (notice) => notices.push(notice),
    });
    expect(test.provenance.kind).toBe('synthetic');
    expect(notices[0]).toContain(blocked);
    const error = await failureOf(adapter.load('test', {source: 'official', root: blocked}));
    expect(error).toMatchObject({
      code: 'ADDERNET_DATA_UNAVAILABLE',
      cause: {code: 'ADDERNET_CACHE_FOLDER', folder: blocked},
    });
  });

  it('synthetic asks for the stand-in, whatever is there', async () => {
    const root = await unpackedCifar100();
    const {adapter, server} = await publishedCifar100();
    const test = await adapter.load('test', {source: 'synthetic', root});
    expect(test).toMatchObject({
      size: SMALL_STAND_IN.test,
      provenance: {kind: 'synthetic', label: 'synthetic stand-in for CIFAR-100'},
    });
    expect(server.requests).toEqual([]);
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
