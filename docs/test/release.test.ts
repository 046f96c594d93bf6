// SPDX-License-Identifier: Apache-2.0
// What `npm run release:version` and `npm run release:publish` do, in copies, without network.
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {published, workspace} from '../entries.mjs';
import {packageFolders, readManifest} from './manifests.js';

describe('the next versions, by `changeset version` in a copy', () => {
  const copy = mkdtempSync(path.join(tmpdir(), 'addernet-release-'));
  afterAll(() => rmSync(copy, {recursive: true, force: true}));
  beforeAll(() => {
    for (const file of ['package.json', '.changeset', ...packageFolders.map((name) => path.join(name, 'package.json'))])
      cpSync(path.join(workspace, file), path.join(copy, file), {recursive: true});
    writeFileSync(
      path.join(copy, '.changeset/one-of-the-group.md'),
      "---\n'@addernet/kernels-cpu': major\n---\n\nTried.\n",
    );
    const changeset = path.join(workspace, 'node_modules/@changesets/cli/bin.js');
    // It looks for the commits of changesets, and takes it if there are none.
    spawnSync('git', ['init', '--quiet', copy]);
    const {status, stdout, stderr} = spawnSync('node', [changeset, 'version'], {cwd: copy, encoding: 'utf8'});
    if (status !== 0) throw new Error(`changeset version ended with ${String(status)}:\n${stdout}\n${stderr}`);
  });

  it('core, its kernels and the kit keep one version', () => {
    const next = new Map(
      published.map(({folder: from}) => {
        const {name, version} = readManifest(copy, path.relative(workspace, from), 'package.json');
        return [name, version];
      }),
    );
    const together = [...next].filter(([name]) => /^@addernet\/(core|conformance|kernels-.+)$/.test(name));
    expect(together.length).toBeGreaterThanOrEqual(5);
    expect(new Set(together.map(([, version]) => version)).size).toBe(1);
  });

  it('every package of this repository asks for the others as they will be', () => {
    const next = packageFolders.map((name) => readManifest(copy, name, 'package.json'));
    const versions = new Map(next.map(({name, version}) => [name, version]));
    const asked = next.flatMap(({name, dependencies, devDependencies}) =>
      Object.entries({...dependencies, ...devDependencies}).flatMap(([other, range]) =>
        versions.has(other) ? [{name, other, range, version: versions.get(other)}] : [],
      ),
    );
    expect(asked.length).toBeGreaterThan(40);
    expect(asked.filter(({range, version}) => range !== version)).toEqual([]);
  });
});

describe('publishing, with npm and npx that only say how they were called', () => {
  const copy = mkdtempSync(path.join(tmpdir(), 'addernet-publish-'));
  afterAll(() => rmSync(copy, {recursive: true, force: true}));
  const bin = path.join(copy, 'bin');

  beforeAll(() => {
    for (const file of [
      'tools/publish.mjs',
      'docs/entries.mjs',
      ...packageFolders.map((name) => path.join(name, 'package.json')),
    ])
      cpSync(path.join(workspace, file), path.join(copy, file));
    mkdirSync(bin);
    for (const name of ['npm', 'npx'])
      writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${name} $*"\n[ "$*" != "$FAILS" ]\n`, {mode: 0o755});
  });

  const publish = (environment: Readonly<Record<string, string>>): {status: number | null; stdout: string} =>
    spawnSync(process.execPath, [path.join(copy, 'tools/publish.mjs')], {
      encoding: 'utf8',
      env: {PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`, ...environment},
    });

  it('publishes nothing after a build that failed', () => {
    expect(publish({FAILS: 'run build'})).toMatchObject({status: 1, stdout: 'npm run build\n'});
  });

  it('names the repository in every published package, which provenance is checked against', () => {
    expect(publish({GITHUB_REPOSITORY: 'me/addernet'})).toMatchObject({
      status: 0,
      stdout: 'npm run build\nnpx changeset publish\n',
    });
    for (const {folder: from} of published) {
      const directory = path.relative(workspace, from);
      const before = readManifest(from, 'package.json');
      const repository = {type: 'git', url: 'git+https://github.com/me/addernet.git', directory};
      expect(readManifest(copy, directory, 'package.json')).toEqual({...before, repository});
    }
    expect(readManifest(copy, 'docs/package.json')).toEqual(readManifest(workspace, 'docs/package.json'));
  });
});
