// SPDX-License-Identifier: Apache-2.0
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll} from 'vitest';

export const workspace = fileURLToPath(new URL('../../..', import.meta.url));
export const examples = path.join(workspace, 'docs/examples');
/** The built command, as `npx addernet` runs it. */
export const addernet = path.join(workspace, 'packages/cli/bin/addernet.mjs');

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'addernet-e2e-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

/** The environment of a person's shell: without what Nx and npm tell the processes that they start, this test being one. */
export function shellEnvironment(further: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|npm_|VITEST|FORCE_COLOR|NODE_OPTIONS|NODE_ENV|ADDERNET_)/.test(name),
  );
  // CI has no terminal-only features of Nx, wherever this runs.
  return {...Object.fromEntries(inherited), NX_DAEMON: 'false', NO_COLOR: '1', ...further};
}

/** NODE_OPTIONS with which no host name resolves. */
export const NO_NETWORK = `--import=${new URL('no-network.mjs', import.meta.url).href}`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output matches. */
  waitFor(pattern: RegExp): Promise<void>;
  /** What came on standard output so far. */
  stdout(): string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** In a process group of its own, as a shell starts what is typed. */
  readonly detached?: boolean;
  /** Default 'ignore'. */
  readonly stdin?: 'pipe';
}

export function start(command: string, args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(command, args, {
    cwd: options.cwd ?? workspace,
    env: options.env ?? shellEnvironment(),
    detached: options.detached ?? false,
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
  });
  const said = {stdout: '', stderr: ''};
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code, signal, ...said}));
  });
  return {
    child,
    ended,
    stdout: () => said.stdout,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(said.stdout)) resolve();
        };
        look();
        child.stdout?.on('data', look);
        void ended.then(({stdout, stderr}) =>
          reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`)),
        );
      }),
  };
}

export const run = (command: string, args: readonly string[], options?: StartOptions): Promise<Ended> =>
  start(command, args, options).ended;

/** The one run folder below an output folder. */
export function runFolder(output: string): string {
  const folders = existsSync(output) ? readdirSync(output) : [];
  const [folder] = folders;
  if (folder === undefined || folders.length !== 1)
    throw new Error(`expected one run folder in ${output}; got [${folders.join(', ')}]`);
  return path.join(output, folder);
}

export const readJson = (...parts: string[]): unknown => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

export const readLines = (...parts: string[]): unknown[] =>
  readFileSync(path.join(...parts), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

/** Waits until something holds, for what goes on in processes that outlive their parent. */
export async function eventually(what: string, holds: () => boolean, seconds = 30): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
