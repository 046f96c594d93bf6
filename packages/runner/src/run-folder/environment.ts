// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {availableParallelism, cpus, release, totalmem, type} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {BackendProvider} from '@addernet/plugin';
import {version_core} from '@tensorflow/tfjs-core';
import {version_layers} from '@tensorflow/tfjs-layers';
import {resolve as resolveModule} from 'import-meta-resolve';
import {isRecord} from '../config/values.js';
import {pathToFileURL} from 'node:url';

const run = promisify(execFile);

async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  try {
    const {stdout} = await run('git', ['--no-optional-locks', '-C', folder, ...args], {timeout: 10_000});
    return stdout.trim();
  } catch {
    // No git, no checkout, no commit yet: there is nothing to say.
    return undefined;
  }
}

/** Commit of the checkout that a folder is in, and whether tracked files differ from it; {} outside a checkout. */
export async function gitState(folder: string): Promise<Record<string, string>> {
  const commit = await git(folder, 'rev-parse', 'HEAD');
  if (commit === undefined) return {};
  const status = await git(folder, 'status', '--porcelain', '--untracked-files=no');
  return {'git.commit': commit, 'git.dirty': status === undefined ? 'unknown' : status === '' ? 'no' : 'yes'};
}

/** Version of a package as seen from one of the folders. */
async function packageVersion(name: string, parents: readonly string[]): Promise<string | undefined> {
  for (const parent of parents) {
    try {
      const text = await readFile(fileURLToPath(resolveModule(`${name}/package.json`, parent)), 'utf8');
      const parsed: unknown = JSON.parse(text);
      if (isRecord(parsed) && typeof parsed.version === 'string') return parsed.version;
    } catch {
      // Not to be seen from there, or it does not export its package.json.
    }
  }
  return undefined;
}

/** Without what is particular to this machine's folders: below the working folder relative to it, otherwise the last part. */
function shortPath(argument: string): string {
  if (!path.isAbsolute(argument)) return argument;
  const relative = path.relative(process.cwd(), argument);
  return relative !== '' && !relative.startsWith('..') ? relative : path.basename(argument);
}

const quote = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;

export interface EnvironmentOptions {
  /** Started. */
  readonly provider: BackendProvider;
  /** The experiment's folder. */
  readonly folder: string;
  /** Further entries, which win. */
  readonly further?: Readonly<Record<string, string>>;
}

/** What a result depends on besides its configuration: versions, machine, backend, commit, command line. */
export async function describeEnvironment({
  provider,
  folder,
  further = {},
}: EnvironmentOptions): Promise<Record<string, string>> {
  const parents = [import.meta.url, pathToFileURL(path.join(folder, 'experiment.js')).href];
  const packages = ['@addernet/runner', '@addernet/core', '@addernet/nn', '@addernet/plugin'];
  if (provider.kernelPackage !== undefined) packages.push(provider.kernelPackage);
  const versions: [string, string][] = [];
  for (const name of packages) {
    const version = await packageVersion(name, parents);
    if (version !== undefined) versions.push([name, version]);
  }
  const processors = cpus();
  const details = Object.entries(await provider.details()).map(([key, value]) => [`backend.${key}`, value]);
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: String(processors.length),
    'cores.available': String(availableParallelism()),
    memory: `${(totalmem() / 1024 ** 3).toFixed(1)} GiB`,
    '@tensorflow/tfjs-core': version_core,
    '@tensorflow/tfjs-layers': version_layers,
    ...Object.fromEntries(versions),
    backend: provider.name,
    'backend.kernels': provider.kernelPackage ?? 'composed from TF.js ops',
    ...Object.fromEntries(details),
    ...(await gitState(folder)),
    command: process.argv.map(shortPath).map(quote).join(' '),
    ...further,
  };
}
