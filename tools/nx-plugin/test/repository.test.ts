// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {flushChanges, FsTree} from 'nx/src/generators/tree';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {architecture, dataset, experiment, kernelPackage, operator, tracker} from '../src/index.js';

/** Addernet's own repository, whose copy is generated into. */
const repository = fileURLToPath(new URL('../../..', import.meta.url));
const copy = mkdtempSync(path.join(tmpdir(), 'addernet-nx-plugin-'));
afterAll(() => rmSync(copy, {recursive: true, force: true}));

/** What the copy has of the repository: settings, and the sources and tests of these packages. */
const SETTINGS = [
  'package.json',
  'LICENSE',
  'tsconfig.base.json',
  'vitest.shared.ts',
  '.prettierrc.json',
  '.prettierignore',
];
const PACKAGES = ['core', 'datasets', 'experiments', 'kernels-cpu', 'nn', 'trackers', 'zoo'];
const LEFT_OUT = new Set(['node_modules', 'dist', 'reports', 'runs', 'fixtures']);

let generated: readonly string[];

beforeAll(async () => {
  for (const file of SETTINGS) cpSync(path.join(repository, file), path.join(copy, file));
  for (const name of PACKAGES) {
    cpSync(path.join(repository, 'packages', name), path.join(copy, 'packages', name), {
      recursive: true,
      filter: (file) => !LEFT_OUT.has(path.basename(file)),
    });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  for (const name of readdirSync(path.join(copy, 'packages'))) {
    const own = path.join(repository, 'packages', name, 'node_modules');
    if (existsSync(own)) symlinkSync(own, path.join(copy, 'packages', name, 'node_modules'));
  }
  const tree = new FsTree(copy, false);
  await kernelPackage(tree, {name: 'kernels-try'});
  await kernelPackage(tree, {name: '@addernet/kernels-try-wasm', backend: 'wasm'});
  await operator(tree, {name: 'try-operator'});
  await architecture(tree, {name: 'try-net'});
  await dataset(tree, {name: 'try-images'});
  await tracker(tree, {name: 'try-table'});
  await experiment(tree, {name: 'try-study'});
  generated = tree.listChanges().map(({path: file}) => file);
  flushChanges(copy, tree.listChanges());
}, 120_000);

function run(command: string, ...args: string[]): {readonly code: number | null; readonly said: string} {
  const {status, stdout, stderr} = spawnSync('npx', ['--no-install', command, ...args], {cwd: copy, encoding: 'utf8'});
  return {code: status, said: `${stdout}\n${stderr}`};
}

const read = (file: string): string => readFileSync(path.join(copy, file), 'utf8');

describe("in Addernet's own repository", () => {
  it('everything goes where its like is', () => {
    expect(generated).toEqual(
      expect.arrayContaining([
        'packages/kernels-try/src/adder-conv2d.ts',
        'packages/nn/src/layers/try-operator-conv2d.ts',
        'packages/nn/src/layers/try-operator-dense.ts',
        'packages/nn/src/operators/try-operator.ts',
        'packages/zoo/src/architectures/try-net.ts',
        'packages/datasets/src/try-images/adapter.ts',
        'packages/trackers/src/try-table/try-table-tracker.ts',
        'packages/experiments/src/try-study/experiment.ts',
        ...['nn', 'zoo', 'datasets', 'trackers'].map((name) => `packages/${name}/src/index.ts`),
        '.changeset/architecture-try-net.md',
      ]),
    );
    for (const file of generated.filter((name) => name.endsWith('.ts'))) {
      expect(read(file)).toMatch(/^\/\/ SPDX-License-Identifier: Apache-2\.0\n/);
      expect(read(file)).not.toContain('placeholder');
    }
    expect(JSON.parse(read('packages/kernels-try/package.json'))).toMatchObject({
      name: '@addernet/kernels-try',
      private: true,
    });
    expect(read('packages/zoo/README.md')).toMatch(/\n\| `tiny` .*\n\| `try-net` /);
    expect(read('packages/trackers/README.md')).toMatch(/\n\| `csv` .*\n\| `try-table` /);
  });

  it('is formatted, and has right types', () => {
    const formatted = run('prettier', '--check', '--ignore-unknown', ...generated);
    expect(formatted.code, formatted.said).toBe(0);
    const config = {
      extends: './tsconfig.base.json',
      compilerOptions: {noEmit: true, customConditions: ['@addernet/source']},
      files: generated.filter((file) => file.endsWith('.ts')),
    };
    writeFileSync(path.join(copy, 'tsconfig.json'), JSON.stringify(config));
    const compiled = run('tsc', '-p', '.');
    expect(compiled.code, compiled.said).toBe(0);
  });

  it('passes its tests, and those that look at what is registered', () => {
    // The kernel's conformance test is the one that is generated elsewhere, too, where it is run.
    const tests = generated.filter((file) => file.endsWith('.test.ts') && !file.endsWith('conformance.test.ts'));
    expect(tests).toHaveLength(7);
    const registrations = ['nn', 'trackers', 'zoo'].map((name) => `packages/${name}/test/plugin.test.ts`);
    registrations.push('packages/datasets/test/definitions.test.ts');
    writeFileSync(
      path.join(copy, 'vitest.config.ts'),
      `import {packageTestConfig} from './vitest.shared.ts';
       export default {...packageTestConfig, test: {...packageTestConfig.test, include: ['packages/*/test/**/*.test.ts'], reporters: ['default']}};`,
    );
    const {code, said} = run('vitest', 'run', ...tests, ...registrations);
    expect(code, said).toBe(0);
    expect(said).toMatch(/Test Files .*11 passed/);
  });

  it('is refused a second time, and under a name that is taken', async () => {
    const tree = new FsTree(copy, false);
    await expect(operator(tree, {name: 'try-operator'})).rejects.toThrow(/try-operator\.ts.* exist already/);
    await expect(architecture(tree, {name: 'tiny'})).rejects.toThrow(
      'packages/zoo/src/architectures/tiny.ts exists already',
    );
    await expect(experiment(tree, {name: 'lint'})).rejects.toThrow(
      'packages/experiments/package.json has a script lint already',
    );
    expect(tree.listChanges()).toEqual([]);
  });
});
