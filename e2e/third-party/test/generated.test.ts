// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, inject, it} from 'vitest';
import {publintMessages, typeProblems} from './package-checks.js';
import {type Ended, run} from './support.js';
import {requireInstalled} from './require-installed.js';

const project = inject('project');
const packages = path.join(project, 'packages');

async function succeed(
  command: string,
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = await run(command, args, folder, environment);
  expect(ended.code, `${command} ${args.join(' ')}:\n${ended.stdout}\n${ended.stderr}`).toBe(0);
  return ended;
}

/** What stands in for a GPU in Node, where Debian's Chromium is installed. */
const LIBRARY = '/usr/lib/chromium';
const ICD = path.join(LIBRARY, 'vk_swiftshader_icd.json');
const SWIFTSHADER: Readonly<Record<string, string>> = existsSync(ICD)
  ? {LD_LIBRARY_PATH: LIBRARY, VK_ICD_FILENAMES: ICD}
  : {};

describe('generated outside the repository, on nothing but the tarballs', () => {
  beforeEach(requireInstalled);

  describe.each(['fast-adder', 'plain-adder', 'soft-shift'])('%s', (name) => {
    const folder = path.join(packages, name);

    it('has right types, and tests that pass', async () => {
      await succeed('npm', ['run', 'typecheck'], folder);
      await succeed('npm', ['test'], folder);
    });

    it('can be published: built, packed, clean by publint and attw', async () => {
      const {stdout} = await succeed('npm', ['pack', '--pack-destination', project], folder);
      const tarball = path.join(project, stdout.trim().split('\n').at(-1) ?? '');
      expect(await publintMessages(tarball)).toEqual([]);
      expect(await typeProblems(tarball)).toEqual([]);
      const {stdout: files} = await succeed('tar', ['-tzf', tarball], project);
      expect(files).toContain('package/dist/plugin.js');
      expect(files).not.toContain('package/test/');
    });
  });

  // Without a GPU the whole kit takes minutes on these: e2e/browser holds shaders to all of it.
  it.each(['gl-adder', 'gpu-adder'])('%s has right types, and a shader that passes a part of the kit', async (name) => {
    const folder = path.join(packages, name);
    await succeed('npm', ['run', 'typecheck'], folder);
    const {stdout} = await succeed('npm', ['test'], folder, {...SWIFTSHADER, CASES: 'AdderConv2D/random-*'});
    // Skipped where there is no browser or no adapter, but in CI.
    expect(stdout).toMatch(/Test Files .*\(2\)/);
  });

  it('in an Nx workspace, by the generators of @addernet/nx-plugin', async () => {
    writeFileSync(path.join(project, 'nx.json'), '{"useDaemonProcess": false, "neverConnectToCloud": true}');
    const generator = '@addernet/nx-plugin:architecture';
    const {stdout} = await succeed('npx', ['--no-install', 'nx', 'g', generator, 'nx-net', '--dry-run'], project);
    expect(stdout).toContain('CREATE packages/nx-net/src/nx-net.ts');
    expect(stdout).toContain('CREATE packages/nx-net/package.json');
  });

  it('a kernel is measured beside that of Addernet and the convolution of TensorFlow.js', async () => {
    const options = ['--quick', '--filter=8×8×64 → 64', '--rounds=3', '--batch=1'];
    await succeed('npm', ['run', 'bench', '--', ...options], path.join(packages, 'fast-adder'));
    const report = JSON.parse(readFileSync(path.join(packages, 'fast-adder/reports/bench.json'), 'utf8')) as {
      kernels: {kernel: string; baseline: string; ratio: number}[];
    };
    expect(report.kernels.map(({kernel, baseline}) => [kernel, baseline])).toEqual([
      ['adder', 'Conv2D'],
      ['adder (contributed)', 'Conv2D'],
      ['conv', 'Conv2D'],
    ]);
  });

  it('an experiment uses kernels, operator, architecture, dataset and tracker by name', async () => {
    const folder = path.join(packages, 'soft-shift');
    await succeed('npm', ['run', 'build', '--workspace=@me/fast-adder'], project);
    const options = [
      '--variant=smoke',
      '--plugins=@me/fast-adder/plugin',
      '--backend=fast-adder',
      '--operators=adder,soft-shift',
      '--architectures=soft-net',
      '--datasets=soft-images',
      '--trackers=soft-table',
      '--output=runs',
    ];
    await succeed('npx', ['--no-install', 'addernet', 'run', 'soft-study', ...options], folder);
    const [experiment] = readdirSync(path.join(folder, 'runs'));
    const output = path.join(folder, 'runs', experiment);
    const {runs} = JSON.parse(readFileSync(path.join(output, 'summary.json'), 'utf8')) as {
      runs: {id: string; operator: string; backend: string; status: string; final?: {loss: number}}[];
    };
    expect(runs.map(({operator, backend, status}) => [operator, backend, status])).toEqual([
      ['adder', 'fast-adder', 'finished'],
      ['soft-shift', 'fast-adder', 'finished'],
    ]);
    for (const {id, final} of runs) {
      expect(final?.loss).toBeGreaterThan(0);
      expect(readFileSync(path.join(output, id, 'soft-table.md'), 'utf8')).toMatch(/\n\| 1 \| \d/);
    }
  });
});
