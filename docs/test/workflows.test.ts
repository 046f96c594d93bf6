// SPDX-License-Identifier: Apache-2.0
// What the code host acts by. It cannot be tried here; it can be well-formed, and call what is there.
import {accessSync, constants, existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';
import {beforeAll, describe, expect, it} from 'vitest';
import {workspace} from '../entries.mjs';
import {readManifest} from './manifests.js';

const read = (file: string): string => readFileSync(path.join(workspace, file), 'utf8');
const folder = '.github/workflows';
const scripts = Object.keys(readManifest(workspace, 'package.json').scripts ?? {});

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

it('the site is deployed of what has passed CI, with no more rights than that takes, below the path that Pages gives it', () => {
  const text = read(path.join(folder, 'site.yml'));
  const [, name = ''] = /^name: (.+)$/m.exec(read(path.join(folder, 'ci.yml'))) ?? [];
  expect(text).toContain(`workflows: [${name}]`);
  expect(text).toMatch(/^permissions: \{\}$/m);
  expect(text).toContain("workflow_run.conclusion == 'success' && github.event.workflow_run.event == 'push'");
  expect([...text.matchAll(/^ +(\w[\w-]*): write/gm)].map(([, right]) => right)).toEqual(['pages', 'id-token']);
  expect([...text.matchAll(/DOCS_BASE: \$\{\{ steps\.pages\.outputs\.base_path \}\}/g)]).toHaveLength(2);
});
