// SPDX-License-Identifier: Apache-2.0
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {TestProject} from 'vitest/node';
import {installInto, makeTemporaryFolder, packAll, readManifest, run, workspace} from './support.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Paths of the tarballs, by package. */
    readonly tarballs: Readonly<Record<string, string>>;
    /** A folder outside the repository in which all tarballs are installed, and what their users add. */
    readonly project: string;
    /** False where the npm registry cannot be reached. */
    readonly installed: boolean;
  }
}

/** The versions that this repository is tested with: of what a user adds, and of the compiler. */
const fromWorkspace = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, readManifest(path.join(workspace, 'node_modules', name)).version]));

/** What somebody makes with the installed `npm create @addernet` in the project: arguments. */
const PACKAGES = [
  ['kernel-package', '@me/fast-adder', '--backend=wasm'],
  ['kernel-package', 'plain-adder'],
  ['kernel-package', 'gl-adder', '--backend=webgl'],
  ['kernel-package', 'gpu-adder', '--backend=webgpu'],
  ['operator', 'soft-shift'],
];

/** What is then added to one of the packages. */
const PARTS_OF = 'packages/soft-shift';
const PARTS = [
  ['architecture', 'soft-net'],
  ['dataset', 'soft-images'],
  ['tracker', 'soft-table'],
  ['experiment', 'soft-study'],
];

/** Makes a workspace of the project, generates packages in it and installs those, too. */
async function generate(project: string): Promise<void> {
  const file = path.join(project, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({...manifest, workspaces: ['packages/*']}));
  const succeed = async (folder: string, command: string, ...args: readonly string[]): Promise<void> => {
    const {code, stdout, stderr} = await run(command, args, path.join(project, folder));
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  };
  const create = ['npx', '--no-install', 'addernet-create'] as const;
  await Promise.all(PACKAGES.map((args) => succeed('.', ...create, ...args)));
  for (const args of PARTS) await succeed(PARTS_OF, ...create, ...args);
  await succeed('.', 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');
}

/** Packs, installs and generates once for all tests. */
export default async function setup({provide}: TestProject): Promise<() => void> {
  const {folder, remove} = makeTemporaryFolder();
  const tarballs = await packAll(path.join(folder, 'tarballs'));
  const project = path.join(folder, 'project');
  const others = fromWorkspace(
    '@nx/devkit',
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-layers',
    '@tensorflow/tfjs-backend-cpu',
    '@tensorflow/tfjs-backend-wasm',
    '@types/node',
    'inversify',
    'nx',
    'tsx',
    'typescript',
    'vitest',
  );
  provide('tarballs', Object.fromEntries(tarballs));
  provide('project', project);
  const installed = await installInto(project, tarballs.values(), others);
  if (installed) await generate(project);
  provide('installed', installed);
  return remove;
}
