// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const workspace = fileURLToPath(new URL('../../..', import.meta.url));

/** What a package.json says, as far as it is looked at here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | {readonly types: string; readonly default: string}>>;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  readonly manifest: Manifest;
  readonly folder: string;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

/** Every package of this repository that is published, by name. */
export const published: readonly Package[] = ['packages', 'tools']
  .flatMap((group) => readdirSync(path.join(workspace, group)).map((name) => path.join(workspace, group, name)))
  .filter((folder) => existsSync(path.join(folder, 'package.json')))
  .map((folder) => ({folder, manifest: readManifest(folder)}))
  .filter(({manifest}) => manifest.private !== true);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a stranger's shell: nothing of what Nx, npm and vitest tell their processes. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(NX_|npm_|VITEST|FORCE_COLOR|NODE_OPTIONS|NODE_ENV|ADDERNET_)/.test(name),
  ),
);

/** @param more of the environment */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = {...environment, NO_COLOR: '1', ...more};
    const child = spawn(command, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
    const said = {stdout: '', stderr: ''};
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({code, ...said}));
  });
}

/** Removed by the caller. */
export function makeTemporaryFolder(): {readonly folder: string; readonly remove: () => void} {
  const folder = mkdtempSync(path.join(tmpdir(), 'addernet-third-party-'));
  return {folder, remove: () => rmSync(folder, {recursive: true, force: true})};
}

/** Packs every published package as `npm publish` would. @returns the tarballs' paths by package name */
export async function packAll(target: string): Promise<ReadonlyMap<string, string>> {
  mkdirSync(target, {recursive: true});
  const workspaces = published.map(({manifest}) => `--workspace=${manifest.name}`);
  const {code, stderr} = await run('npm', ['pack', '--silent', '--pack-destination', target, ...workspaces], workspace);
  if (code !== 0) throw new Error(`npm pack ended with ${code}: ${stderr}`);
  const tarballs = new Map<string, string>();
  for (const {manifest} of published) {
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    if (!existsSync(path.join(target, file))) throw new Error(`npm pack made no ${file}: ${stderr}`);
    tarballs.set(manifest.name, path.join(target, file));
  }
  return tarballs;
}

/** Whether the npm registry says something simple: without it an install takes minutes and fails for any reason, since unknown versions contradict each other. */
async function registryAnswers(folder: string): Promise<boolean> {
  return (await run('npm', ['view', 'typescript', 'version', '--fetch-retries=1'], folder)).code === 0;
}

/**
 * A folder of somebody else's with nothing but the tarballs and what is named besides, from the registry.
 *
 * @returns whether the registry answered
 */
export async function installInto(
  project: string,
  tarballs: Iterable<string>,
  others: Readonly<Record<string, string>>,
): Promise<boolean> {
  mkdirSync(project, {recursive: true});
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({name: 'somebody-elses', private: true, type: 'module', devDependencies: others}),
  );
  if (process.env.CI === undefined && !(await registryAnswers(project))) return false;
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
  const {code, stdout, stderr} = await run('npm', ['install', ...options, ...tarballs], project);
  if (code === 0) return true;
  if (!(await registryAnswers(project))) return false;
  throw new Error(`npm install ended with ${code}:\n${stdout}\n${stderr}`);
}
