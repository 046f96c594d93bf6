// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {RunFolder} from '../src/run-folder/run-folder.js';
import {describeEnvironment, gitState} from '../src/run-folder/environment.js';
import {OutputFolderError} from '../src/index.js';
import {cpuBackend} from './fixtures.js';
import {readText, temporaryFolder} from './temporary-folder.js';

const folder = temporaryFolder();

describe('environment', () => {
  it("records the commit of the experiment's checkout and whether it is clean", async () => {
    const checkout = path.join(folder, 'checkout');
    mkdirSync(checkout);
    expect(await gitState(checkout)).toEqual({});
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', checkout, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    git('init', '--quiet');
    expect(await gitState(checkout)).toEqual({});
    writeFileSync(path.join(checkout, 'a'), '1');
    git('add', 'a');
    git('commit', '--quiet', '--message', 'first');
    const commit = git('rev-parse', 'HEAD');
    expect(await gitState(checkout)).toEqual({'git.commit': commit, 'git.dirty': 'no'});
    writeFileSync(path.join(checkout, 'a'), '2');
    expect(await gitState(checkout)).toEqual({'git.commit': commit, 'git.dirty': 'yes'});
    expect(await gitState(path.join(folder, 'nowhere'))).toEqual({});
  });

  it('names versions, machine and backend, and lets further entries win', async () => {
    const environment = await describeEnvironment({
      provider: cpuBackend({kernelPackage: '@addernet/core', details: () => Promise.resolve({simd: 'yes'})}),
      folder,
      further: {command: 'addernet run x'},
    });
    expect(environment).toMatchObject({
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      '@addernet/core': '0.1.0',
      backend: 'cpu',
      'backend.kernels': '@addernet/core',
      'backend.simd': 'yes',
      command: 'addernet run x',
    });
    expect(Number(environment.cores)).toBeGreaterThan(0);
    expect(Object.values(environment).every((value) => typeof value === 'string' && value !== '')).toBe(true);
  });
});

describe('RunFolder', () => {
  const startedAt = new Date('2026-11-22T10:15:30.999Z');

  it('gives each of two invocations in one second a folder, and keeps odd names within it', async () => {
    const first = await RunFolder.create({output: path.join(folder, 'deep', 'runs'), name: '../x', startedAt});
    const second = await RunFolder.create({output: path.join(folder, 'deep', 'runs'), name: '../x', startedAt});
    expect(path.relative(folder, first.folder)).toBe(path.join('deep', 'runs', '.._x-2026-11-22T10-15-30Z'));
    expect(second.folder).toBe(`${first.folder}-2`);
  });

  it('replaces whole files, appends lines, and discards only its own', async () => {
    const run = await RunFolder.create({output: folder, name: 'own', startedAt});
    await run.writeJson('a.json', {b: 1});
    await run.writeJson('a.json', {b: 2});
    await run.appendLine('l.jsonl', '1');
    await run.appendLine('l.jsonl', '2');
    await run.makeFolder('inner');
    await run.write('inner/w.bin', Uint8Array.of(1, 2, 3).subarray(1));
    expect(JSON.parse(readText(run.folder, 'a.json'))).toEqual({b: 2});
    expect(readText(run.folder, 'l.jsonl')).toBe('1\n2\n');
    expect(readText(run.folder, 'inner/w.bin')).toBe('\x02\x03');
    expect(run.files.map((file) => path.basename(file))).toEqual(['a.json', 'l.jsonl', 'w.bin']);
    writeFileSync(path.join(run.folder, 'somebody-elses'), 'x');
    await run.discard();
    expect(readText(run.folder, 'somebody-elses')).toBe('x');
    expect(run.files).toEqual([]);
  });

  it('does not begin on a full disk', async () => {
    const full = RunFolder.create({output: folder, name: 'full', startedAt, minimumFreeBytes: Number.MAX_SAFE_INTEGER});
    await expect(full).rejects.toThrow(OutputFolderError);
    await expect(full).rejects.toThrow(/the disk is full: \d+\.\d MiB are free, expected at least/);
  });
});
