// SPDX-License-Identifier: Apache-2.0
// The files that the code host acts by, and the release that they make: what cannot be tried here is at least well-formed and calls what is there.
import {spawnSync} from 'node:child_process';
import {accessSync, constants, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {published, workspace} from '../entries.mjs';

const read = (file: string): string => readFileSync(path.join(workspace, file), 'utf8');
const readJson = (...parts: string[]): Manifest => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const folder = '.github/workflows';
const scripts = Object.keys(readJson(workspace, 'package.json').scripts ?? {});

/** What a shell line of a workflow calls that is not there. */
function missing(line: string): string[] {
  const [command = '', ...rest] = line.trim().split(/\s+/);
  if (command === 'npm' && rest[0] === 'run') return scripts.includes(rest[1] ?? '') ? [] : [line];
  if (command === 'npm') return ['ci', 'audit'].includes(rest[0] ?? '') ? [] : [line];
  const file = path.join(workspace, command);
  if (!existsSync(file)) return [line];
  accessSync(file, constants.X_OK);
  return [];
}

describe.each(readdirSync(path.join(workspace, folder)))('%s', (name) => {
  let template: WorkflowTemplate;
  let errors: readonly string[];
  beforeAll(async () => {
    const parsed = parseWorkflow({name, content: read(path.join(folder, name))}, new NoOperationTraceWriter());
    if (parsed.value === undefined)
      throw new Error(`${name} is no YAML: ${parsed.context.errors.getErrors().join('; ')}`);
    template = await convertWorkflowTemplate(parsed.context, parsed.value);
    errors = parsed.context.errors.getErrors().map(({message}) => message);
  });

  it('is a workflow by the schema of GitHub Actions', () => {
    expect(errors).toEqual([]);
    expect(template.jobs.length).toBeGreaterThan(0);
  });

  it('calls scripts and files that are there, and actions by version', () => {
    const steps = template.jobs.flatMap((job) => (job.type === 'job' ? job.steps : []));
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) {
      if ('run' in step) expect(step.run.toString().split('\n').flatMap(missing)).toEqual([]);
      if ('uses' in step) expect(step.uses.value).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
    }
  });
});

it('CI runs the same script everywhere', () => {
  expect(read(path.join(folder, 'ci.yml'))).toMatch(/- run: \.ci\/run$/m);
  expect(read('.ci/run')).toContain('npm run --silent check');
});

it('a release has provenance, and the scripts that changesets/action calls', () => {
  const text = read(path.join(folder, 'release.yml'));
  expect(text).toMatch(/^ +id-token: write/m);
  expect(text).toContain("NPM_CONFIG_PROVENANCE: 'true'");
  for (const [, script] of text.matchAll(/^ +(?:version|publish): npm run (\S+)$/gm)) expect(scripts).toContain(script);
  expect([...text.matchAll(/^ +(?:version|publish): npm run/gm)]).toHaveLength(2);
});

describe('the next versions, by `changeset version` in a copy', () => {
  const copy = mkdtempSync(path.join(tmpdir(), 'addernet-release-'));
  afterAll(() => rmSync(copy, {recursive: true, force: true}));
  const manifests = ['packages', 'tools', 'e2e']
    .flatMap((group) => readdirSync(path.join(workspace, group)).map((name) => path.join(group, name)))
    .concat('docs')
    .filter((name) => existsSync(path.join(workspace, name, 'package.json')));

  beforeAll(() => {
    for (const file of ['package.json', '.changeset', ...manifests.map((name) => path.join(name, 'package.json'))])
      cpSync(path.join(workspace, file), path.join(copy, file), {recursive: true});
    const changeset = path.join(workspace, 'node_modules/@changesets/cli/bin.js');
    // It looks for the commits of changesets, and takes it if there are none.
    spawnSync('git', ['init', '--quiet', copy]);
    const {status, stdout, stderr} = spawnSync('node', [changeset, 'version'], {cwd: copy, encoding: 'utf8'});
    if (status !== 0) throw new Error(`changeset version ended with ${String(status)}:\n${stdout}\n${stderr}`);
  });

  it('core, its kernels and the kit keep one version', () => {
    const next = new Map(
      published.map(({folder: from}) => {
        const {name, version} = readJson(copy, path.relative(workspace, from), 'package.json');
        return [name, version];
      }),
    );
    const together = [...next].filter(([name]) => /^@addernet\/(core|conformance|kernels-.+)$/.test(name));
    expect(together.length).toBeGreaterThanOrEqual(5);
    expect(new Set(together.map(([, version]) => version)).size).toBe(1);
  });

  it('every package of this repository asks for the others as they will be', () => {
    const next = manifests.map((name) => readJson(copy, name, 'package.json'));
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
