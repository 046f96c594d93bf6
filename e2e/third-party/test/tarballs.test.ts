// SPDX-License-Identifier: Apache-2.0
import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, inject, it} from 'vitest';
import {publintMessages, typeProblems} from './package-checks.js';
import {published, readManifest, run, workspace} from './support.js';

const tarballs = inject('tarballs');

/** KiB that a tarball may have: what it had when this was written, and a quarter more. */
const BUDGET: Readonly<Record<string, number>> = {
  '@addernet/cli': 107,
  '@addernet/conformance': 169,
  '@addernet/core': 117,
  '@addernet/create': 79,
  '@addernet/datasets': 150,
  '@addernet/kernels-cpu': 58,
  '@addernet/kernels-wasm': 408,
  '@addernet/kernels-webgl': 75,
  '@addernet/kernels-webgpu': 80,
  '@addernet/nn': 148,
  '@addernet/nx-plugin': 10,
  '@addernet/plugin': 34,
  '@addernet/report': 255,
  '@addernet/runner': 328,
  '@addernet/trackers': 33,
  '@addernet/weight-statistics': 17,
  '@addernet/zoo': 109,
};

it('this project waits for the build of every published package', () => {
  const waited = Object.keys(readManifest(path.join(workspace, 'e2e/third-party')).devDependencies ?? {});
  expect(waited.filter((name) => name.startsWith('@addernet/')).sort()).toEqual(
    published.map(({manifest}) => manifest.name).sort(),
  );
});

describe.each(published.map((entry) => [entry.manifest.name, entry] as const))(
  '%s',
  (name, {manifest, folder: from}) => {
    const tarball = (): string => tarballs[name];

    it('is clean by publint', async () => {
      expect(await publintMessages(tarball())).toEqual([]);
    });

    it('has right types by attw, as an ES module', async () => {
      expect(await typeProblems(tarball())).toEqual([]);
    });

    it('carries license, readme, what its exports name, and nothing else', async () => {
      const {stdout} = await run('tar', ['-tzf', tarball()], workspace);
      const files = stdout
        .trim()
        .split('\n')
        .map((file) => file.replace(/^package\//, ''));
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      for (const target of Object.values(manifest.exports ?? {}).filter((each) => !String(each).includes('*'))) {
        const named = typeof target === 'string' ? [target] : [target.types, target.default];
        expect(files).toEqual(expect.arrayContaining(named.map((file) => path.posix.normalize(file))));
      }
      const roots = ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', ...(manifest.files ?? [])];
      expect(files.filter((file) => !roots.some((root) => file === root || file.startsWith(`${root}/`)))).toEqual([]);
      expect(files.filter((file) => /^(?!templates\/).*\.test\.|\.tsbuildinfo$|\.env/.test(file))).toEqual([]);
      expect(readFileSync(path.join(from, 'LICENSE'), 'utf8')).toBe(
        readFileSync(path.join(workspace, 'LICENSE'), 'utf8'),
      );
    });

    it('stays within its size', () => {
      expect(Object.keys(BUDGET)).toContain(name);
      expect(Math.ceil(statSync(tarball()).size / 1024)).toBeLessThanOrEqual(BUDGET[name] ?? 0);
    });
  },
);
