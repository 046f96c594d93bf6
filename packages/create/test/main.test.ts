// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {main} from '../src/main.js';
import {temporaryFolder} from './support.js';

const root = temporaryFolder();
let folder: string;
let said: {out: string; err: string};

beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'at-'));
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  said = {out: '', err: ''};
  vi.spyOn(console, 'log').mockImplementation((text: string) => void (said.out += `${text}\n`));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void (said.err += `${text}\n`));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (said.out += String(text)) !== '');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (said.err += String(text)) !== '');
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function create(...args: string[]): number {
  main(['node', 'addernet-create', ...args]);
  return Number(process.exitCode ?? 0);
}

it('writes into the working folder, and says what and how to go on', () => {
  expect(create('operator', 'soft-shift')).toBe(0);
  expect(readdirSync(path.join(folder, 'soft-shift')).sort()).toEqual(
    [
      '.gitignore',
      'README.md',
      'docs',
      'package.json',
      'src',
      'test',
      'tsconfig.build.json',
      'tsconfig.json',
      'vitest.config.ts',
    ].sort(),
  );
  expect(said.out).toMatch(
    /Wrote 12 files:\n[^]*soft-shift\/src\/soft-shift\.ts\n[^]*Next:\n {2}cd soft-shift\n {2}npm install {2,}# /,
  );
});

it('leaves nothing behind where it fails', () => {
  mkdirSync(path.join(folder, 'src'));
  writeFileSync(path.join(folder, 'package.json'), '{}');
  writeFileSync(path.join(folder, 'src/plugin.ts'), 'export default [];');
  expect(create('operator', 'soft-shift')).toBe(2);
  expect(said.err).toContain('error: src/plugin.ts has no `new ContainerModule');
  expect(readdirSync(folder).sort()).toEqual(['package.json', 'src']);
  expect(existsSync(path.join(folder, 'src/soft-shift.ts'))).toBe(false);
});

it.each([
  [[], /Usage: npm create @addernet <kind> <name>/, 2],
  [['operatr', 'a'], /unknown command 'operatr'\n\(Did you mean operator\?\)/, 2],
  [['operator'], /missing required argument 'name'[^]*npm create @addernet operator -- --help/, 2],
  [['operator', 'A b'], /error: operator name "A b": expected/, 2],
  [['operator', 'a', 'b'], /too many arguments/, 2],
  [['kernel-package', 'a', '--backend=gpu'], /error: backend "gpu": expected one of cpu, wasm, webgl, webgpu/, 2],
  [['kernel-package', 'a', '--backnd=cpu'], /unknown option '--backnd=cpu'/, 2],
])('%j ends with an explanation', (args, message, code) => {
  expect(create(...args)).toBe(code);
  expect(said.err).toMatch(message);
  expect(readdirSync(folder)).toEqual([]);
});

it.each([
  [['--help'], /kernel-package[^]*operator/],
  [['operator', '--help'], /--directory <folder>/],
  [['--version'], /^\d+\.\d+\.\d+\n$/],
])('%j answers', (args, message) => {
  expect(create(...args)).toBe(0);
  expect(said.out).toMatch(message);
});
