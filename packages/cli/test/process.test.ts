// SPDX-License-Identifier: Apache-2.0
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it, vi} from 'vitest';
import {examples, packageFolder, runFolder, spawned, start, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const experiment = path.join(examples, 'experiment.ts');
let outputs = 0;
const freshOutput = (): string => path.join(folder, `runs-${outputs++}`);

const readJson = (...parts: string[]): unknown => JSON.parse(readFileSync(path.join(...parts), 'utf8'));
const readLines = (...parts: string[]): unknown[] =>
  readFileSync(path.join(...parts), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

const small = ['--backend=cpu', '--operators=ws-conv', '--train-samples=64', '--test-samples=40'];

it('runs a TypeScript experiment with its plugin, and evaluates the weights it leaves', async () => {
  const output = freshOutput();
  const trackers = '--trackers=tensorboard,jsonl,csv,accuracy-log';
  const run = await spawned('run', experiment, ...small, '--epochs=2', trackers, `--output=${output}`);
  expect(run).toMatchObject({code: 0, stderr: ''});
  const made = runFolder(output);
  const lines = run.stdout.trimEnd().split('\n');
  expect(lines.at(-1)).toBe(path.join(made, 'report.html'));
  expect(run.stdout).toMatch(/Two moons, 40 test images\n.*\nall-conv-mini +ws-conv +\d/);
  expect(run.stdout).not.toContain('\u001b');
  for (const file of ['config.json', 'environment.json', 'metrics.csv', 'report.html', 'results.md', 'results.tex'])
    expect(existsSync(path.join(made, file))).toBe(true);
  expect(readLines(made, 'metrics.jsonl')).toHaveLength(2);
  const tracked = path.join(made, 'two-moons-all-conv-mini-ws-conv-seed0');
  expect(readFileSync(path.join(tracked, 'accuracies.txt'), 'utf8')).toMatch(/^(\d+\.\d %\n){2}$/);
  expect(readLines(tracked, 'events.jsonl').at(-1)).toMatchObject({kind: 'end', status: 'finished', epochs: 2});
  expect(readFileSync(path.join(tracked, 'scalars.csv'), 'utf8')).toContain(',test/top1,');
  expect(readdirSync(tracked).filter((name) => name.includes('tfevents'))).toHaveLength(1);
  expect(readJson(made, 'config.json')).toMatchObject({operators: ['ws-conv'], trainSamples: 64, epochs: 2});
  expect(readJson(made, 'environment.json')).toMatchObject({
    '@addernet/cli': expect.stringMatching(/^\d/),
    backend: 'cpu',
  });
  const summary = readJson(made, 'summary.json');
  expect(summary).toMatchObject({name: 'two-moons', runs: [{operator: 'ws-conv', status: 'finished'}]});

  const names = [
    '--architecture',
    'all-conv-mini',
    '--operator',
    'ws-conv',
    '--dataset',
    'two-moons',
    '--backend',
    'cpu',
  ];
  const plugin = ['--plugin', path.join(examples, 'plugin.ts')];
  const weights = path.join(made, 'two-moons-all-conv-mini-ws-conv-seed0');
  const evaluated = await spawned('evaluate', ...names, ...plugin, '--weights', weights, '--limit', '30', '--json');
  expect(evaluated.code).toBe(0);
  expect(evaluated.stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(evaluated.stdout)).toEqual({
    top1: expect.toSatisfy((value: number) => value >= 0 && value <= 1),
    top5: 1,
    loss: expect.any(Number),
    images: 30,
    imagesPerSecond: expect.any(Number),
    seconds: expect.any(Number),
    backend: 'cpu',
    operator: 'ws-conv',
    architecture: 'all-conv-mini',
    dataset: 'two-moons',
    data: 'Two moons',
    dataKind: 'official',
    weights,
    trainedOn: 'Two moons',
    weightsFormat: 'layers-model',
    normalization: {mean: expect.any(Array), std: expect.any(Array), from: 'dataset'},
  });

  // The stem takes in its batch normalisation and ReLU; of the plugin's operator nothing is known.
  const fused = await spawned(
    'evaluate',
    ...names,
    ...plugin,
    '--weights',
    weights,
    '--limit',
    '30',
    '--fused',
    '--json',
  );
  const {loss, top1} = JSON.parse(evaluated.stdout) as {loss: number; top1: number};
  expect(JSON.parse(fused.stdout)).toMatchObject({
    top1,
    loss: expect.closeTo(loss, 4),
    images: 30,
    fused: {layers: 1, absorbed: 2},
  });
  // Three processes, each of which loads everything.
}, 90_000);

describe('a signal stops the work and finishes the files', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: exit code %i', async (signal, code) => {
    const output = freshOutput();
    const running = start(['run', experiment, ...small, '--epochs=10000', `--output=${output}`]);
    await running.waitFor(/ 1\/10000 /);
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({code, signal: null, stderr: ''});
    const made = runFolder(output);
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(path.join(made, 'report.html'));
    expect(readJson(made, 'summary.json')).toMatchObject({runs: [{status: 'interrupted', epochsPlanned: 10_000}]});
    expect(readLines(made, 'metrics.jsonl').length).toBeGreaterThanOrEqual(1);
    expect(readJson(made, 'two-moons-all-conv-mini-ws-conv-seed0', 'model.json')).toMatchObject({
      format: 'layers-model',
    });
  });
});

it('a second Ctrl-C ends the process at once, and the run can be resumed', {timeout: 120_000}, async () => {
  const output = freshOutput();
  const plugin = path.join(packageFolder, 'test/plugins/slow-reporter.ts');
  // Plugins on the command line take the place of the experiment's.
  const plugins = `--plugins=${path.join(examples, 'plugin.ts')},${plugin}`;
  const running = start(['run', experiment, ...small, plugins, '--epochs=30', `--output=${output}`]);
  await running.waitFor(/ 1\/30 /);
  running.child.kill('SIGINT');
  await sleep(2500);
  running.child.kill('SIGINT');
  const asked = performance.now();
  const ended = await running.ended;
  expect(performance.now() - asked).toBeLessThan(20_000);
  expect(ended).toMatchObject({code: 130, signal: null});
  const made = runFolder(output);
  expect(readJson(made, 'summary.json')).toMatchObject({runs: [{status: 'interrupted', epochsPlanned: 30}]});
  expect(existsSync(path.join(made, 'slow.txt'))).toBe(false);

  const resumed = start(['resume', made]);
  await resumed.waitFor(/ 30\/30 /);
  await vi.waitFor(
    () => {
      expect(readJson(made, 'summary.json')).toMatchObject({runs: [{status: 'finished'}]});
    },
    {timeout: 20_000, interval: 200},
  );
  resumed.child.kill('SIGKILL');
  await resumed.ended;
});

it('a run that fails ends with exit code 1, after the others', async () => {
  const output = freshOutput();
  const args = ['--backend=cpu', '--operators=conv,ws-conv', '--train-samples=64', '--test-samples=40', '--epochs=1'];
  const {code, stdout} = await spawned(
    'run',
    experiment,
    ...args,
    '--optimizer.learning-rate=1e30',
    `--output=${output}`,
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/failed: .*loss became (NaN|Infinity) in epoch 1/);
  expect(stdout).toMatch(/conv .* 0\/1 failed/);
  expect(stdout).toContain('To go on: addernet resume ');
  expect(readJson(runFolder(output), 'summary.json')).toMatchObject({
    runs: [{operator: 'conv'}, {operator: 'ws-conv'}],
  });
});

it("lists a plugin's things beside the others", async () => {
  const {code, stdout, stderr} = await spawned('list', '--experiment', experiment);
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  expect(stdout).toMatch(
    /^operators\n {2}conv +\S.*\n {2}adder +\S.*\n {2}ws-conv +convolution with weight standardisation/,
  );
  expect(stdout).toMatch(/\n\narchitectures\n {2}resnet20 .*\n( .*\n)* {2}all-conv-mini +\S/);
  expect(stdout).toMatch(/\n\ndatasets\n {2}cifar10 .*\n( .*\n)* {2}two-moons +\S.*\n +generated\n/);
  expect(stdout).toMatch(/\n {2}plain-cpu +\S.*\n +speed slow/);
  expect(stdout).toMatch(/\n {2}latex +writes results\.tex\n/);
});

it('goes on where nobody listens any more, and finishes its files', async () => {
  const output = freshOutput();
  const running = start(['run', experiment, ...small, '--epochs=3', `--output=${output}`]);
  await running.waitFor(/ 1\/3 /);
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  expect(await running.ended).toMatchObject({code: 0, signal: null});
  expect(readLines(runFolder(output), 'metrics.jsonl')).toHaveLength(3);
  expect(existsSync(path.join(runFolder(output), 'report.html'))).toBe(true);
});
