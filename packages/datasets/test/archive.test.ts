// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {mkdir, readFile, readdir, symlink, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {Header} from 'tar';
import {describe, expect, it} from 'vitest';
import {ArchiveError} from '../src/index.js';
import {extractFiles, type ExtractRequest} from '../src/node/archive.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {tarGz} from './support/small-datasets.js';

type EntryType = 'File' | 'SymbolicLink' | 'Link' | 'Directory';

/** A tar archive with entries that `tar.create` would not make. */
function rawTarGz(
  entries: readonly {path: string; type?: EntryType; content?: string; linkpath?: string}[],
): Uint8Array {
  const blocks = entries.map(({path, type = 'File', content = '', linkpath}) => {
    const header = new Header({path, type, size: content.length, mode: 0o644, mtime: new Date(0), linkpath});
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return Buffer.concat([block, body]);
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

async function setUp(archiveBytes: Uint8Array): Promise<ExtractRequest & {readonly root: string}> {
  const root = join(await temporaryFolder(), 'root');
  await mkdir(root);
  const archive = join(root, 'a.tar.gz');
  await writeFile(archive, archiveBytes);
  return {
    root,
    archive,
    folder: join(root, 'set'),
    pathInArchive: 'set',
    files: [
      {name: 'one.bin', bytes: 5},
      {name: 'two.bin', bytes: 3},
    ],
  };
}

const GOOD = [
  {path: 'set/', type: 'Directory'},
  {path: 'set/one.bin', content: '11111'},
  {path: 'set/two.bin', content: '222'},
] as const;

describe('extractFiles', () => {
  it('takes the expected files and leaves the rest', async () => {
    const folder = await temporaryFolder();
    const bytes = await tarGz(folder, {
      'set/one.bin': Buffer.from('11111'),
      'set/two.bin': Buffer.from('222'),
      'set/readme.html': Buffer.from('x'),
      'other/one.bin': Buffer.from('other'),
    });
    const request = await setUp(bytes);
    await extractFiles(request);
    expect(await listFiles(request.root)).toEqual(['a.tar.gz', 'set/one.bin', 'set/two.bin']);
    expect(await readFile(join(request.folder, 'one.bin'), 'utf8')).toBe('11111');
  });

  it('takes archives whose paths begin with ./', async () => {
    const request = await setUp(rawTarGz(GOOD.map((entry) => ({...entry, path: `./${entry.path}`}))));
    await extractFiles(request);
    expect(await listFiles(request.folder)).toEqual(['one.bin', 'two.bin']);
  });

  it('adds what is missing to a folder and keeps what is there', async () => {
    const request = await setUp(rawTarGz(GOOD));
    await mkdir(request.folder);
    await writeFile(join(request.folder, 'two.bin'), 'own');
    await writeFile(join(request.folder, 'notes.txt'), 'mine');
    await extractFiles(request);
    expect(await listFiles(request.folder)).toEqual(['notes.txt', 'one.bin', 'two.bin']);
    expect(await readFile(join(request.folder, 'two.bin'), 'utf8')).toBe('own');
  });

  it('writes nothing outside its folder, whatever the paths', async () => {
    const absolute = join(tmpdir(), `addernet-evil-${process.pid}.bin`);
    const request = await setUp(
      rawTarGz([
        {path: '../evil.bin', content: 'evil!'},
        {path: absolute, content: 'evil!'},
        {path: 'set/../../evil.bin', content: 'evil!'},
        {path: 'set/link', type: 'SymbolicLink', linkpath: '../..'},
        {path: 'set/link/evil.bin', content: 'evil!'},
        ...GOOD,
      ]),
    );
    await extractFiles(request);
    expect(await listFiles(join(request.root, '..'))).toEqual([
      'root/a.tar.gz',
      'root/set/one.bin',
      'root/set/two.bin',
    ]);
    expect(existsSync(absolute)).toBe(false);
  });

  it.each(['SymbolicLink', 'Link'] as const)('refuses a %s by an expected name', async (type) => {
    const request = await setUp(rawTarGz([{path: 'set/one.bin', type, linkpath: '/etc/passwd'}, GOOD[2]]));
    await expect(extractFiles(request)).rejects.toThrow(
      new RegExp(`a\\.tar\\.gz: set/one\\.bin is a ${type}; expected a file of 5 bytes`),
    );
    expect(await listFiles(request.root)).toEqual(['a.tar.gz']);
  });

  it('is not led away by a link that stands for the folder within the archive', async () => {
    const outside = await temporaryFolder();
    const request = await setUp(rawTarGz([{path: 'set', type: 'SymbolicLink', linkpath: outside}, ...GOOD.slice(1)]));
    await extractFiles(request);
    expect(await readdir(outside)).toEqual([]);
    expect(await listFiles(request.folder)).toEqual(['one.bin', 'two.bin']);
  });

  it('names a file that is missing or of another size', async () => {
    const missing = await setUp(rawTarGz(GOOD.slice(0, 2)));
    await expect(extractFiles(missing)).rejects.toThrow(/a\.tar\.gz: lacks set\/two\.bin/);
    const longer = await setUp(rawTarGz([GOOD[1], {path: 'set/two.bin', content: '2222'}]));
    await expect(extractFiles(longer)).rejects.toThrow(/set\/two\.bin is 4 bytes; expected a file of 3 bytes/);
    for (const request of [missing, longer]) expect(await listFiles(request.root)).toEqual(['a.tar.gz']);
  });

  it.each([
    ['truncated', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 30)],
    ['no gzip file', () => Buffer.from('not an archive at all')],
    ['empty', () => new Uint8Array()],
    [
      'corrupt',
      (bytes: Uint8Array) => bytes.map((byte, index) => (index > 20 && index % 3 === 0 ? byte ^ 0x55 : byte)),
    ],
  ])('calls an archive that is %s by its name', async (_, damage) => {
    const request = await setUp(damage(rawTarGz(GOOD)));
    const error: unknown = await extractFiles(request).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ArchiveError);
    expect(error).toMatchObject({code: 'ADDERNET_ARCHIVE'});
    expect(String(error)).toContain(request.archive);
    expect(await listFiles(request.root)).toEqual(['a.tar.gz']);
  });

  it('leaves nothing when aborted', async () => {
    const request = await setUp(rawTarGz(GOOD));
    const reason = new Error('Ctrl-C');
    await expect(extractFiles({...request, signal: AbortSignal.abort(reason)})).rejects.toBe(reason);
    expect(await listFiles(request.root)).toEqual(['a.tar.gz']);
  });

  it('clears away temporary folders of processes that died long ago', async () => {
    const request = await setUp(rawTarGz(GOOD));
    const old = join(request.root, '.addernet-extract-old');
    const fresh = join(request.root, '.addernet-extract-fresh');
    for (const folder of [old, fresh]) await mkdir(folder);
    await symlink('/etc', join(old, 'link'));
    await utimes(old, new Date(0), new Date(0));
    await extractFiles(request);
    expect(existsSync(old)).toBe(false);
    expect(existsSync(fresh)).toBe(true);
    expect(existsSync('/etc')).toBe(true);
  });
});
