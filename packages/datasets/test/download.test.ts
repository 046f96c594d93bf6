// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {readFile, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import type {DownloadProgress} from '@addernet/plugin';
import {describe, expect, it, onTestFinished} from 'vitest';
import {CacheFolderError, ChecksumError, DownloadError} from '../src/index.js';
import {downloadFile, type DownloadRequest} from '../src/node.js';
import {startFileServer, type FileServer} from './support/file-server.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {md5} from './support/small-datasets.js';

const FILE = Uint8Array.from({length: 300_000}, (_, index) => (index * 7 + (index >> 8) * 13) & 255);

interface Setup {
  readonly server: FileServer;
  readonly folder: string;
  readonly target: string;
  readonly request: DownloadRequest;
}

async function setUp(options: Partial<DownloadRequest> = {}): Promise<Setup> {
  const server = await startFileServer({'/a.bin': FILE, '/mirror/a.bin': FILE});
  onTestFinished(() => server.close());
  const folder = await temporaryFolder();
  const target = join(folder, 'data', 'a.bin');
  const request = {urls: [`${server.url}/a.bin`], md5: md5(FILE), target, patienceMs: 600, ...options};
  return {server, folder, target, request};
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('downloadFile', () => {
  it('puts the file in its place and reports progress', async () => {
    const {server, folder, target, request} = await setUp();
    const progress: DownloadProgress[] = [];
    await downloadFile({...request, onProgress: (report) => progress.push(report)});
    expect(md5(await readFile(target))).toBe(md5(FILE));
    expect(await listFiles(folder)).toEqual(['data/a.bin']);
    expect(server.requests).toEqual([{path: '/a.bin', range: undefined}]);
    expect(progress.at(-1)).toEqual({file: 'a.bin', receivedBytes: FILE.length, totalBytes: FILE.length});
    expect(progress.length).toBeLessThanOrEqual(20);
  });

  it('goes on by range after a cut connection', async () => {
    const {server, target, request} = await setUp();
    server.next.push({cutAfter: 100_000}, {cutAfter: 50_000});
    await downloadFile(request);
    expect(md5(await readFile(target))).toBe(md5(FILE));
    expect(server.requests.map(({range}) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  it('goes on in a later call from where an earlier one gave up', async () => {
    const {server, folder, target, request} = await setUp();
    server.next.push({cutAfter: 120_000}, {status: 503});
    const error = await failureOf(downloadFile(request));
    expect(error).toBeInstanceOf(DownloadError);
    expect(String(error)).toMatch(/503/);
    expect(String(error)).toMatch(/120,000 bytes are kept/);
    expect(await listFiles(folder)).toEqual(['data/a.bin.part']);
    await downloadFile(request);
    expect(server.requests.at(-1)?.range).toBe('bytes=120000-');
    expect(md5(await readFile(target))).toBe(md5(FILE));
    expect(await listFiles(folder)).toEqual(['data/a.bin']);
  });

  it('starts over when the server does not do ranges', async () => {
    const {server, target, request} = await setUp();
    server.next.push({cutAfter: 100_000}, {ignoreRange: true});
    await downloadFile(request);
    expect(md5(await readFile(target))).toBe(md5(FILE));
    expect(server.requests.map(({range}) => range)).toEqual([undefined, 'bytes=100000-']);
  });

  it('starts over when the published file changed since the first part came', async () => {
    const {server, target, request} = await setUp();
    server.next.push({cutAfter: 100_000, content: FILE.map((byte) => byte ^ 255)});
    await downloadFile(request);
    expect(server.requests.map(({range}) => range)).toEqual([undefined, 'bytes=100000-', undefined]);
    expect(md5(await readFile(target))).toBe(md5(FILE));
  });

  it('takes a part file that is complete, and one that is too long for wrong', async () => {
    const {server, folder, target, request} = await setUp();
    await downloadFile(request);
    server.requests.length = 0;
    for (const [content, ranges] of [
      [FILE, [`bytes=${FILE.length}-`]],
      [Buffer.concat([FILE, FILE]), [`bytes=${2 * FILE.length}-`, undefined]],
    ] as const) {
      await writeFile(`${target}.part`, content);
      await downloadFile(request);
      expect(server.requests.splice(0).map(({range}) => range)).toEqual(ranges);
      expect(md5(await readFile(target))).toBe(md5(FILE));
      expect(await listFiles(folder)).toEqual(['data/a.bin']);
    }
  });

  it('refuses a file with another checksum, and keeps nothing of it', async () => {
    const {server, folder, request} = await setUp();
    server.always = {content: FILE.subarray(1)};
    const error = await failureOf(downloadFile(request));
    expect(error).toBeInstanceOf(ChecksumError);
    expect(error).toMatchObject({code: 'ADDERNET_CHECKSUM'});
    expect(String(error)).toContain(`MD5 is ${md5(FILE.subarray(1))}; expected ${md5(FILE)}`);
    expect(await listFiles(folder)).toEqual([]);
  });

  it('takes the next mirror when one lacks the file, has another, or is down', async () => {
    const {server, target, request} = await setUp();
    const down = 'http://127.0.0.1:9/a.bin';
    for (const [bad, behaviour] of [
      [`${server.url}/missing.bin`, {}],
      [`${server.url}/a.bin`, {content: FILE.subarray(1)}],
      [`${server.url}/a.bin`, {stallAfter: 0}],
      [down, undefined],
    ] as const) {
      if (behaviour) server.next.push(behaviour);
      await downloadFile({...request, urls: [bad, `${server.url}/mirror/a.bin`]});
      expect(server.requests.at(-1)?.path).toBe('/mirror/a.bin');
      expect(md5(await readFile(target))).toBe(md5(FILE));
      await rm(target);
    }
  });

  it('goes on at the next mirror with what the first one sent', async () => {
    const {server, target, request} = await setUp();
    server.next.push({cutAfter: 100_000}, {status: 500});
    await downloadFile({...request, urls: [`${server.url}/a.bin`, `${server.url}/mirror/a.bin`]});
    expect(server.requests.at(-1)).toEqual({path: '/mirror/a.bin', range: 'bytes=100000-'});
    expect(md5(await readFile(target))).toBe(md5(FILE));
  });

  it('tells an answer that is not the file: 404, a login page', async () => {
    const {server, folder, request} = await setUp();
    const missing = await failureOf(downloadFile({...request, urls: [`${server.url}/missing.bin`]}));
    expect(missing).toMatchObject({code: 'ADDERNET_DOWNLOAD', reason: 'answer'});
    expect(String(missing)).toMatch(/missing\.bin answers 404 Not Found; expected the file/);
    server.always = {content: Buffer.from('<html>'), headers: {'content-type': 'text/html; charset=utf-8'}};
    const page = await failureOf(downloadFile(request));
    expect(page).toMatchObject({reason: 'answer'});
    expect(String(page)).toMatch(/web page/);
    expect(await listFiles(folder)).toEqual([]);
  });

  it('keeps the bytes as they are when the server calls them gzip-encoded', async () => {
    const {server, target, request} = await setUp();
    server.always = {headers: {'content-encoding': 'gzip'}};
    await downloadFile(request);
    expect(md5(await readFile(target))).toBe(md5(FILE));
  });

  it('follows redirects, but not in circles and not to other protocols', async () => {
    const {server, target, request} = await setUp();
    server.next.push({status: 302, headers: {location: '/mirror/a.bin'}});
    await downloadFile(request);
    expect(md5(await readFile(target))).toBe(md5(FILE));
    server.always = {status: 301, headers: {location: '/a.bin'}};
    expect(String(await failureOf(downloadFile(request)))).toMatch(/redirect/);
    server.always = {status: 301, headers: {location: 'file:///etc/passwd'}};
    expect(String(await failureOf(downloadFile(request)))).toMatch(/redirects to file:/);
  });

  it('gives up on a server that is not there, or whose name is not', async () => {
    const {request} = await setUp();
    for (const url of ['http://127.0.0.1:9/a.bin', 'http://addernet.invalid/a.bin']) {
      const error = await failureOf(downloadFile({...request, urls: [url]}));
      expect(error).toBeInstanceOf(DownloadError);
      expect(String(error)).toContain(url);
    }
  });

  it('gives up on servers that never answer within its patience, all together', async () => {
    const {server, request} = await setUp();
    server.always = {stallAfter: 0};
    const start = Date.now();
    const error = await failureOf(
      downloadFile({...request, urls: [`${server.url}/a.bin`, `${server.url}/mirror/a.bin`]}),
    );
    expect(error).toMatchObject({reason: 'stalled'});
    expect(Date.now() - start).toBeLessThan(2 * 600);
  });

  it('gives up on a server that stalls on the way, and keeps what came', async () => {
    const {server, folder, request} = await setUp();
    server.always = {stallAfter: 0};
    server.next.push({stallAfter: 70_000});
    const start = Date.now();
    const error = await failureOf(downloadFile(request));
    expect(error).toMatchObject({reason: 'stalled'});
    expect(Date.now() - start).toBeLessThan(2.5 * 600);
    expect(await listFiles(folder)).toEqual(['data/a.bin.part']);
    expect((await stat(join(folder, 'data/a.bin.part'))).size).toBe(70_000);
  });

  it('gives up within 10 s by default', async () => {
    const {server, request} = await setUp();
    server.always = {stallAfter: 0};
    const start = Date.now();
    const error = await failureOf(downloadFile({urls: request.urls, md5: request.md5, target: request.target}));
    expect(error).toMatchObject({reason: 'stalled'});
    expect(Date.now() - start).toBeGreaterThan(5_000);
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  it('gives up on a server that always cuts at the same place', async () => {
    const {server, request} = await setUp();
    server.always = {ignoreRange: true, cutAfter: 100_000};
    expect(await failureOf(downloadFile(request))).toMatchObject({reason: 'network'});
    expect(server.requests.length).toBe(2);
  });

  it('stops when aborted, with the reason, and keeps what came', async () => {
    const {server, folder, request} = await setUp();
    server.always = {stallAfter: 70_000};
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    setTimeout(() => controller.abort(reason), 200);
    expect(await failureOf(downloadFile({...request, patienceMs: 5000, signal: controller.signal}))).toBe(reason);
    expect(await listFiles(folder)).toEqual(['data/a.bin.part']);
    expect(await failureOf(downloadFile({...request, signal: AbortSignal.abort(reason)}))).toBe(reason);
  });

  it('leaves alone the part file of a living process, takes that of a dead one', async () => {
    const {server, target, request} = await setUp();
    await downloadFile(request);
    const host = hostname().replace(/[^A-Za-z0-9]/g, '_');
    const living = `${target}.${host}-${process.ppid}-00000000.part`;
    const elsewhere = `${target}.another_host-1-00000000.part`;
    const foreign = `${target}.old.part`;
    for (const path of [living, elsewhere, foreign]) await writeFile(path, FILE.subarray(0, 1000));
    server.requests.length = 0;
    await downloadFile(request);
    expect(server.requests.splice(0)).toEqual([{path: '/a.bin', range: undefined}]);
    expect([living, elsewhere, foreign].map((path) => existsSync(path))).toEqual([true, true, true]);

    const longAgo = new Date(Date.now() - 120_000);
    await utimes(elsewhere, longAgo, longAgo);
    await downloadFile(request);
    expect(server.requests.splice(0)).toEqual([{path: '/a.bin', range: 'bytes=1000-'}]);
    expect(existsSync(elsewhere)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('names the folder and the way out when the disk is full', async () => {
    const {folder, target, request} = await setUp();
    await downloadFile({...request, target: join(folder, 'data', 'other')});
    await symlink('/dev/full', `${target}.part`);
    const error = await failureOf(downloadFile(request));
    expect(error).toBeInstanceOf(CacheFolderError);
    expect(error).toMatchObject({code: 'ADDERNET_CACHE_FOLDER', folder: join(folder, 'data')});
    expect(String(error)).toMatch(/the disk is full; make room .* ADDERNET_DATA .*ENOSPC/);
  });

  it('says so when the folder cannot be one', async () => {
    const {folder, request} = await setUp();
    await writeFile(join(folder, 'file'), '');
    for (const target of [join(folder, 'file', 'a.bin'), join(folder, 'file', 'below', 'a.bin')]) {
      const error = await failureOf(downloadFile({...request, target}));
      expect(error).toBeInstanceOf(CacheFolderError);
      expect(String(error)).toMatch(/ADDERNET_DATA/);
    }
  });
});
