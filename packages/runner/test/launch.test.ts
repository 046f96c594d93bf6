// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {tokens, type ExperimentSummary, type Launcher} from '@addernet/plugin';
import {ContainerModule, type Container} from 'inversify';
import {afterEach, expect, it} from 'vitest';
import {
  ConfigError,
  UnknownNameError,
  localLauncher,
  resumeExperiment,
  type ExperimentResult,
  type RunExperimentOptions,
} from '../src/index.js';
import {containerWith} from './fixtures.js';
import {run} from './run.js';
import {readLines} from './temporary-folder.js';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));
const workerCommand: RunExperimentOptions['workerCommand'] = (folder, id) => [
  process.execPath,
  '--conditions=@addernet/source',
  '--import',
  import.meta.resolve('tsx'),
  worker,
  folder,
  id,
];

/** The local launcher, with a count of the processes at work. */
function countingLauncher(): Launcher & {readonly most: () => number} {
  let now = 0;
  let most = 0;
  return {
    name: 'counting',
    description: 'local, counted',
    most: () => most,
    async launch(job, context) {
      most = Math.max(most, ++now);
      try {
        return await localLauncher.launch(job, context);
      } finally {
        now--;
      }
    },
  };
}

function withLaunchers(...launchers: readonly Launcher[]): Container {
  const container = containerWith();
  container.load(
    new ContainerModule(({bind}) => {
      for (const launcher of launchers) bind(tokens.launcher).toConstantValue(launcher);
    }),
  );
  return container;
}

const figures = (summary: ExperimentSummary): unknown =>
  summary.runs.map(({id, status, parameters, epochs}) => ({
    id,
    status,
    parameters,
    epochs: epochs.map(({imagesPerSecond: _rate, trainSeconds: _train, testSeconds: _test, ...rest}) => rest),
  }));

const weights = (result: ExperimentResult): Buffer[] =>
  result.summary.runs.map(({id}) => readFileSync(path.join(result.folder, id, 'weights.bin')));

afterEach(() => {
  delete process.env.DIES;
});

it(
  'processes of their own give the same runs as this one, no more at a time than asked for',
  {timeout: 60_000},
  async () => {
    const overrides = {seeds: '0,1'};
    const here = await run({overrides});
    const launcher = countingLauncher();
    const started: string[] = [];
    const epochs: string[] = [];
    const elsewhere = await run({
      container: withLaunchers(launcher),
      workerCommand,
      overrides: {...overrides, launcher: 'counting', concurrency: '3'},
      listener: {
        onRunStart: ({id}) => started.push(id),
        onEpoch: ({id}, {epoch}) => epochs.push(`${id} ${epoch}`),
      },
    });
    expect(elsewhere.status).toBe('finished');
    expect(launcher.most()).toBe(3);
    expect(figures(elsewhere.summary)).toEqual(figures(here.summary));
    expect(weights(elsewhere).map((bytes, index) => bytes.equals(weights(here)[index] ?? Buffer.of()))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(started.sort()).toEqual(here.summary.runs.map(({id}) => id).sort());
    expect(epochs).toHaveLength(8);
    expect(readLines(elsewhere.folder, 'metrics.jsonl')).toHaveLength(8);
  },
);

it('a process that dies fails its run only, and resuming goes on from its checkpoint', {timeout: 60_000}, async () => {
  process.env.DIES = 'pictures-small-plain-seed0';
  const container = withLaunchers(localLauncher);
  const overrides = {concurrency: '2', 'checkpoints.steps': '1'};
  const result = await run({container, workerCommand, overrides});
  expect(result.status).toBe('failed');
  const [died, other] = result.summary.runs;
  expect(died).toMatchObject({status: 'failed', epochs: [{epoch: 1}]});
  expect(died?.error).toMatch(/the process of pictures-small-plain-seed0 ended early \(killed by SIGKILL.*resuming/s);
  expect(other).toMatchObject({status: 'finished'});
  delete process.env.DIES;
  const notices: string[] = [];
  const resumed = await resumeExperiment({
    folder: result.folder,
    container: withLaunchers(localLauncher),
    workerCommand,
    listener: {onNotice: (message) => notices.push(message)},
  });
  expect(notices.join()).toContain('pictures-small-plain-seed0: goes on in epoch 2, after step 1.');
  const whole = await run({overrides: {'checkpoints.steps': '1'}});
  expect(figures(resumed.summary)).toEqual(figures(whole.summary));
  expect(resumed.summary.runs[0]).not.toHaveProperty('error');
});

it('stops its processes gently', {timeout: 60_000}, async () => {
  const controller = new AbortController();
  const result = await run({
    container: withLaunchers(localLauncher),
    workerCommand,
    signal: controller.signal,
    overrides: {concurrency: '2', epochs: '100000'},
    listener: {onEpoch: () => controller.abort()},
  });
  expect(result.status).toBe('interrupted');
  const known = result.summary.runs.filter(({epochs}) => epochs.length > 0);
  expect(known.length).toBeGreaterThan(0);
  for (const {status} of result.summary.runs) expect(status).toBe('interrupted');
});

it('a launcher that cannot start a process fails the runs with its reason', async () => {
  const broken: Launcher = {
    name: 'broken',
    description: '',
    launch: () => Promise.reject(new Error('the queue is closed')),
  };
  const result = await run({container: withLaunchers(broken), workerCommand, overrides: {launcher: 'broken'}});
  expect(result.summary.runs.map(({status}) => status)).toEqual(['failed', 'failed']);
  expect(result.summary.runs[0]?.error).toContain('could not be started: the queue is closed');
});

it('says what is wrong with the choice before anything is begun', async () => {
  const container = withLaunchers(localLauncher);
  await expect(run({container, workerCommand, overrides: {launcher: 'lokal'}})).rejects.toThrow(UnknownNameError);
  await expect(run({container, workerCommand, overrides: {launcher: 'lokal'}})).rejects.toThrow(
    'did you mean "local"?',
  );
  const both = {launcher: 'in-process', concurrency: '2'};
  await expect(run({container, workerCommand, overrides: both})).rejects.toThrow(
    "given 2, expected 1 with launcher 'in-process'",
  );
  await expect(run({container, overrides: {concurrency: '2'}})).rejects.toThrow(ConfigError);
});
