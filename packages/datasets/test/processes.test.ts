// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it, onTestFinished} from 'vitest';
import {downloadFile} from '../src/node.js';
import {startFileServer} from './support/file-server.js';
import {listFiles, temporaryFolder} from './support/folders.js';
import {md5} from './support/small-datasets.js';

const SCRIPT = fileURLToPath(new URL('./support/download-process.ts', import.meta.url));
const FILE = Uint8Array.from({length: 400_000}, (_, index) => (index * 11 + (index >> 9)) & 255);

/** Starts the script; `ended` resolves to what it printed. */
function start(url: string, target: string) {
  const child = spawn(
    process.execPath,
    ['--conditions=@addernet/source', '--import', 'tsx', SCRIPT, url, md5(FILE), target],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output.trim())));
  return {child, ended};
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come to that within 20 s');
}

describe('downloads of several processes', () => {
  it('go on where a killed process stopped', async () => {
    const server = await startFileServer({'/a.bin': FILE});
    onTestFinished(() => server.close());
    const target = join(await temporaryFolder(), 'data', 'a.bin');
    await mkdir(join(target, '..'));
    server.next.push({slowBy: 20});
    const {child, ended} = start(`${server.url}/a.bin`, target);
    const sizes = async () => {
      const names = await readdir(join(target, '..'));
      return Promise.all(names.map(async (name) => (await stat(join(target, '..', name))).size));
    };
    await until(async () => (await sizes()).some((size) => size > 50_000));
    child.kill('SIGKILL');
    expect(await ended).toBe('');
    expect(existsSync(target)).toBe(false);
    const [kept = 0] = await sizes();
    await downloadFile({urls: [`${server.url}/a.bin`], md5: md5(FILE), target});
    expect(server.requests.map(({range}) => range)).toEqual([undefined, `bytes=${kept}-`]);
    expect(kept).toBeGreaterThan(50_000);
    expect(md5(await readFile(target))).toBe(md5(FILE));
    expect(await listFiles(join(target, '..'))).toEqual(['a.bin']);
  });

  it('do not disturb each other', async () => {
    const server = await startFileServer({'/a.bin': FILE});
    onTestFinished(() => server.close());
    const target = join(await temporaryFolder(), 'a.bin');
    server.always = {slowBy: 5};
    const others = [start(`${server.url}/a.bin`, target), start(`${server.url}/a.bin`, target)];
    const mine = downloadFile({urls: [`${server.url}/a.bin`], md5: md5(FILE), target});
    await mine;
    expect(await Promise.all(others.map(({ended}) => ended))).toEqual(['done', 'done']);
    expect(md5(await readFile(target))).toBe(md5(FILE));
    expect(await listFiles(join(target, '..'))).toEqual(['a.bin']);
  });
});
