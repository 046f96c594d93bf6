// SPDX-License-Identifier: Apache-2.0
import {cpSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {examples, readJson, run, runFolder, shellEnvironment, temporaryFolder, workspace} from './support.js';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What the command is published with: its package and every package of ours that it depends on, directly or not. */
function published(): readonly string[] {
  const packages = new Map(
    readdirSync(path.join(workspace, 'packages')).map((name) => {
      const manifest = readJson(workspace, 'packages', name, 'package.json') as Manifest;
      return [manifest.name, manifest] as const;
    }),
  );
  const found = new Set<string>();
  const visit = (name: string): void => {
    const manifest = packages.get(name);
    if (manifest === undefined || found.has(name)) return;
    expect(manifest.private, `${name} is private, and something published depends on it`).not.toBe(true);
    found.add(name);
    Object.keys(manifest.dependencies ?? {}).forEach(visit);
  };
  visit('@addernet/cli');
  return [...found];
}

const folder = temporaryFolder();
const project = path.join(folder, 'project');
const npmOptions = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
let installed = false;

/** Whether the npm registry says something simple: without it an install takes minutes and fails for any reason, since unknown versions contradict each other. */
async function registryAnswers(): Promise<boolean> {
  return (await run('npm', ['view', 'typescript', 'version', '--fetch-retries=1'], {cwd: project})).code === 0;
}

/** @returns whether the registry answered */
async function npm(...args: string[]): Promise<boolean> {
  const {code, stdout, stderr} = await run('npm', args, {cwd: project});
  if (code === 0) return true;
  if (!(await registryAnswers())) return false;
  throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
}

/** `npx addernet`; what npm itself says of the machine's settings is left out. */
async function addernet(cwd: string, ...args: string[]): ReturnType<typeof run> {
  const env = shellEnvironment({ADDERNET_DATA: path.join(folder, 'data')});
  const ended = await run('npx', ['--no-install', 'addernet', ...args], {cwd, env});
  return {...ended, stderr: ended.stderr.replaceAll(/^npm warn .*\n/gm, '')};
}

const OWN_EXPERIMENT = `
import {defineExperiment} from '@addernet/runner';

interface Choice {readonly operators: readonly string[]}
const choice: Choice = {operators: ['conv', 'adder']};

export default defineExperiment({
  name: 'mine',
  description: 'An experiment of my own',
  config: {
    datasets: ['cifar10'],
    architectures: ['tiny'],
    ...choice,
    data: 'synthetic',
    trainSamples: 100,
    testSamples: 50,
    epochs: 1,
    batchSize: 50,
  },
});
`;

const ONE_COPY = `
import {adderOperator} from '@addernet/nn';
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';

export default new ContainerModule(({bind}) => {
  bind(tokens.operator).toConstantValue(adderOperator);
});
`;

beforeAll(async () => {
  mkdirSync(project);
  const tarballs = path.join(folder, 'tarballs');
  mkdirSync(tarballs);
  const workspaces = published().map((name) => `--workspace=${name}`);
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', tarballs, ...workspaces], {
    cwd: workspace,
  });
  expect(packed.code, packed.stderr).toBe(0);
  expect(readdirSync(tarballs)).toHaveLength(workspaces.length);
  await npm('init', '--yes');
  if (process.env.CI === undefined && !(await registryAnswers())) return;
  installed = await npm('install', ...npmOptions, ...readdirSync(tarballs).map((name) => path.join(tarballs, name)));
  writeFileSync(path.join(project, 'experiment.ts'), OWN_EXPERIMENT);
});

/** The examples, as somebody would copy them. */
function copyExamples(to: string): void {
  mkdirSync(to, {recursive: true});
  for (const name of readdirSync(examples).filter((file) => file.endsWith('.ts')))
    cpSync(path.join(examples, name), path.join(to, name));
}

describe('installed from tarballs, outside the repository', () => {
  beforeEach((context) => {
    // Elsewhere than in CI a machine may be without network.
    context.skip(!installed && process.env.CI === undefined, 'the npm registry cannot be reached');
    expect(installed, 'the npm registry cannot be reached').toBe(true);
  });

  it("runs a user's own TypeScript experiment", async () => {
    const output = path.join(folder, 'own-runs');
    const {code, stdout, stderr} = await addernet(project, 'run', './experiment.ts', `--output=${output}`);
    expect(code, stderr).toBe(0);
    const made = runFolder(output);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(path.join(made, 'report.html'));
    expect(stdout).toMatch(/^synthetic stand-in for CIFAR-10, 50 test images\n.*\ntiny +conv .*\ntiny +adder /m);
    expect(readJson(made, 'summary.json')).toMatchObject({
      name: 'mine',
      runs: [
        {operator: 'conv', status: 'finished'},
        {operator: 'adder', status: 'finished'},
      ],
    });
    expect(readJson(made, 'environment.json')).toMatchObject({
      '@addernet/cli': expect.stringMatching(/^\d+\.\d+\.\d+/),
      '@addernet/core': expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  it.each([
    ['of npm init (CommonJS)', '.', undefined],
    ['of ES modules', 'modules', {type: 'module'}],
  ])('runs the documented examples in a package %s, as one copy of everything', async (_what, below, manifest) => {
    const here = path.join(project, below, 'examples');
    copyExamples(here);
    if (manifest !== undefined) writeFileSync(path.join(project, below, 'package.json'), JSON.stringify(manifest));
    const listed = await addernet(here, 'list', '--plugin', './plugin.ts');
    expect(listed).toMatchObject({code: 0, stderr: ''});
    expect(listed.stdout).toMatch(/^ {2}ws-conv +convolution with weight standardisation/m);
    expect(listed.stdout).toMatch(/^ {2}two-moons +\S/m);

    // A second copy of @addernet/nn would bring another operator under a name that is taken.
    writeFileSync(path.join(here, 'one-copy.ts'), ONE_COPY);
    expect(await addernet(here, 'list', '--plugin', './one-copy.ts')).toMatchObject({code: 0, stderr: ''});

    const output = path.join(here, 'runs');
    const args = [
      '--operators=adder,ws-conv',
      '--train-samples=80',
      '--test-samples=40',
      '--epochs=1',
      `--output=${output}`,
    ];
    const ended = await addernet(here, 'run', './experiment.ts', ...args);
    expect(ended).toMatchObject({code: 0, stderr: ''});
    expect(readJson(runFolder(output), 'summary.json')).toMatchObject({
      runs: [
        {operator: 'adder', status: 'finished'},
        {operator: 'ws-conv', status: 'finished'},
      ],
    });
  });

  it('checks the machine', async () => {
    const {code, stdout} = await addernet(project, 'doctor', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({level: 'ok', subject: 'backend cpu'}),
        expect.objectContaining({level: 'ok', subject: 'backend wasm'}),
      ]),
    );
  });
});
