// SPDX-License-Identifier: Apache-2.0
// The generators as Nx loads them. In Addernet's own repository they are built before they run, so that a fresh clone has them, and another one those of its sources.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

function build() {
  // Not among the published files.
  if (!existsSync(here('tsconfig.build.json'))) return;
  const {status, stdout, stderr} = spawnSync('npx', ['--no-install', 'nx', 'build', '@addernet/nx-plugin'], {
    cwd: here('../..'),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npx nx build @addernet/nx-plugin ended with ${status}:\n${stdout}\n${stderr}`);
}

const generator = (name) => async (tree, options) => {
  build();
  const generators = await import('./dist/index.js');
  return generators[name](tree, options);
};

export const kernelPackage = generator('kernelPackage');
export const operator = generator('operator');
export const architecture = generator('architecture');
export const dataset = generator('dataset');
export const tracker = generator('tracker');
export const experiment = generator('experiment');
