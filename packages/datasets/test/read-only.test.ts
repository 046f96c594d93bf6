// SPDX-License-Identifier: Apache-2.0
import {chmod, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, onTestFinished} from 'vitest';
import {cifar100} from '../src/index.js';
import {createDatasetAdapter} from '../src/node.js';
import {startFileServer} from './support/file-server.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {place, recordBytes, SMALL_SIZES, smallCifar100, smallCifar100Archive} from './support/small-datasets.js';

/** Permissions bind no superuser: as root, the tests act as 'nobody'. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === 'win32')('a data folder that cannot be written', () => {
  beforeEach(() => {
    if (isRoot) process.umask(0o022);
  });
  afterEach(() => {
    if (isRoot) process.seteuid?.(0);
  });

  /** Takes away the right to write from a folder and what is in it, and from this process any right to it. */
  async function lock(...folders: readonly string[]): Promise<void> {
    for (const folder of folders) await chmod(folder, 0o555);
    onTestFinished(async () => {
      if (isRoot) process.seteuid?.(0);
      for (const folder of folders) await chmod(folder, 0o755);
    });
    if (isRoot) process.seteuid?.(NOBODY);
  }

  async function published() {
    const archive = await smallCifar100Archive(await temporaryFolder());
    const server = await startFileServer({'/a.tar.gz': archive});
    onTestFinished(() => server.close());
    const root = await temporaryFolder();
    await chmod(root, 0o755);
    return {adapter: createDatasetAdapter(smallCifar100(`${server.url}/a.tar.gz`, archive)), root, archive, server};
  }

  it('can be read', async () => {
    const {adapter, root} = await published();
    const folder = join(root, 'cifar-100-binary');
    const [bytes = new Uint8Array()] = recordBytes(cifar100, 'test', SMALL_SIZES.test);
    await place(join(folder, 'test.bin'), bytes);
    await lock(root, folder);
    const split = await adapter.load('test', {source: 'auto', root});
    expect(split).toMatchObject({size: SMALL_SIZES.test, provenance: {kind: 'official', path: folder}});
    expect(await adapter.status({root})).toMatchObject({available: 'partial'});
  });

  it('is an error under official that names the folder and the way out, before anything is fetched', async () => {
    const {adapter, root, server} = await published();
    await lock(root);
    const load = adapter.load('test', {source: 'official', root});
    await expect(load).rejects.toMatchObject({
      code: 'ADDERNET_DATA_UNAVAILABLE',
      cause: {
        code: 'ADDERNET_CACHE_FOLDER',
        folder: root,
        message: expect.stringMatching(/no permission to write .*ADDERNET_DATA.*EACCES/),
      },
    });
    await expect(load).rejects.toThrow(root);
    expect(server.requests).toEqual([]);
  });

  it('makes auto take the stand-in, with a notice that names the folder', async () => {
    const {adapter, root} = await published();
    await lock(root);
    const notices: string[] = [];
    const split = await adapter.load('test', {source: 'auto', root, onNotice: (notice) => notices.push(notice)});
    expect(split.provenance.kind).toBe('synthetic');
    expect(notices.join()).toContain(`${root}: no permission to write`);
    expect(await listFiles(root)).toEqual([]);
  });

  it('is named too when an archive in it cannot be unpacked', async () => {
    const {adapter, root, archive} = await published();
    await writeFile(join(root, 'cifar-100-binary.tar.gz'), archive);
    await lock(root);
    await expect(adapter.load('test', {source: 'official', root})).rejects.toMatchObject({
      cause: {code: 'ADDERNET_CACHE_FOLDER', folder: root},
    });
  });

  it('with a file that cannot be read is an error that names it', async () => {
    const {adapter, root} = await published();
    const file = join(root, 'cifar-100-binary', 'test.bin');
    const [bytes = new Uint8Array()] = recordBytes(cifar100, 'test', SMALL_SIZES.test);
    await place(file, bytes);
    await chmod(file, 0o000);
    await lock(root);
    await expect(adapter.load('test', {source: 'auto', root})).rejects.toMatchObject({
      code: 'ADDERNET_DATA_FILE',
      file,
      message: expect.stringMatching(/cannot be read: EACCES/),
    });
  });
});
