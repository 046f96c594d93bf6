// SPDX-License-Identifier: Apache-2.0
import {spawn, type ChildProcess} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, vi} from 'vitest';
import {main} from '../src/main.js';

export const packageFolder = fileURLToPath(new URL('..', import.meta.url));
export const examples = path.join(packageFolder, '../../docs/examples');

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'addernet-cli-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `addernet` in this process: what it said, and the exit code it asked for. */
export async function inProcess(...args: string[]): Promise<Ended> {
  const said = {stdout: '', stderr: ''};
  const listen = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += typeof text === 'string' ? text : new TextDecoder().decode(text);
      return true;
    });
  const lines =
    (name: 'stdout' | 'stderr') =>
    (...values: unknown[]): void => {
      said[name] += `${values.join(' ')}\n`;
    };
  const spies = [
    listen('stdout'),
    listen('stderr'),
    vi.spyOn(console, 'log').mockImplementation(lines('stdout')),
    vi.spyOn(console, 'error').mockImplementation(lines('stderr')),
  ];
  const before = process.exitCode;
  try {
    await main(['node', 'addernet', ...args]);
    return {code: Number(process.exitCode ?? 0), signal: null, ...said};
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output matches. */
  waitFor(pattern: RegExp): Promise<void>;
}

/** `addernet` from its sources in a process of its own. */
export function start(args: readonly string[], options: {cwd?: string; env?: NodeJS.ProcessEnv} = {}): Running {
  const bin = path.join(packageFolder, 'src/bin.ts');
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--conditions=@addernet/source', '--import', tsx, bin, ...args], {
    cwd: options.cwd ?? packageFolder,
    env: {...process.env, ...options.env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = {stdout: '', stderr: ''};
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code, signal, ...said}));
  });
  const waitFor = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(said.stdout)) resolve();
      };
      look();
      child.stdout.on('data', look);
      void ended.then(({stdout, stderr}) =>
        reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`)),
      );
    });
  return {child, ended, waitFor};
}

export const spawned = (...args: string[]): Promise<Ended> => start(args).ended;

/** The one run folder below an output folder. */
export function runFolder(output: string): string {
  const folders = existsSync(output) ? readdirSync(output) : [];
  const [folder] = folders;
  if (folder === undefined || folders.length !== 1)
    throw new Error(`expected one run folder in ${output}; got [${folders.join(', ')}]`);
  return path.join(output, folder);
}
