// SPDX-License-Identifier: Apache-2.0
import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {LoadOptions} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {ArchiveError, ChecksumError, DatasetUnavailableError} from '../src/index.js';
import {createDatasetAdapter} from '../src/node.js';
import {failureOf, publishedCifar100, serve, SPLITS, unpackedCifar100, UNREACHABLE} from './support/adapters.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {md5, SMALL_SIZES, SMALL_STAND_IN, smallCifar100, smallMnist, tarGz} from './support/small-datasets.js';

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
