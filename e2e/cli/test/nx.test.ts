// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  addernet,
  eventually,
  NO_NETWORK,
  type Running,
  readJson,
  readLines,
  run,
  runFolder,
  shellEnvironment,
  start,
  temporaryFolder,
} from './support.js';

const folder = temporaryFolder();
const data = path.join(folder, 'no-data');
mkdirSync(data);
let outputs = 0;
const freshOutput = (): string => path.join(folder, `runs-${outputs++}`);

/** Long enough to be stopped in its middle, in small steps. */
const LONG = [
  '--architectures=tiny',
  '--data=synthetic',
  '--train-samples=200',
  '--test-samples=100',
  '--epochs=500',
  '--batchSize=50',
];

const reportOf = (stdout: string): string => {
  const [before = ''] = stdout.split(/^ NX {3}(?:Successfully|Ran)/m);
  return before.trimEnd().split('\n').at(-1) ?? '';
};

/** What every interrupted experiment must leave, however little time it was given. */
function expectInterrupted(output: string): void {
  const made = runFolder(output);
  expect(readJson(made, 'config.json')).toMatchObject({datasets: ['cifar100'], epochs: 500});
  const summary = readJson(made, 'summary.json');
  expect(summary).toMatchObject({runs: [{operator: 'conv', status: 'interrupted', epochsPlanned: 500}]});
  expect(readLines(made, 'metrics.jsonl')[0]).toMatchObject({epoch: 1, data: 'synthetic stand-in for CIFAR-100'});
  expect(readJson(made, 'cifar100-tiny-conv-seed0', 'model.json')).toMatchObject({format: 'layers-model'});
}

/** What it leaves where it is given a few seconds. */
function expectReport(output: string): void {
  const made = runFolder(output);
  expect(readJson(made, 'summary.json')).toMatchObject({
    notes: expect.arrayContaining(['Interrupted: 0 of 2 runs finished.']),
  });
  expect(readFileSync(path.join(made, 'report.html'), 'utf8')).toContain('</html>');
}

/** Whether any process of a group is left. */
function groupIsThere(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a running experiment has written its first epoch. */
async function firstEpoch(running: Running, output: string): Promise<void> {
  const early = running.ended.then(({stdout, stderr}) => {
    throw new Error(`ended before the first epoch:\n${stdout}\n${stderr}`);
  });
  const metrics = (): string => path.join(runFolder(output), 'metrics.jsonl');
  const written = (): boolean => existsSync(output) && existsSync(metrics()) && readLines(metrics()).length > 0;
  await Promise.race([eventually('the first epoch', written, 120), early]);
}

/**
 * `npx nx run …` without the builds that it would begin with: they are done before these tests, and Nx would replace the built files under
 * other tests' feet.
 */
const nxRun = (target: string, ...args: string[]): string[] => [
  'nx',
  'run',
  target,
  '--exclude-task-dependencies',
  ...args,
];

describe('nx run experiments:cifar100', () => {
  it(':smoke without network and data compares on the stand-in, says so, and ends with the path of its report', async () => {
    const output = freshOutput();
    const ended = await run('npx', nxRun('experiments:cifar100:smoke', `--output=${output}`), {
      env: shellEnvironment({ADDERNET_DATA: data, NODE_OPTIONS: NO_NETWORK}),
    });
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    const made = runFolder(output);
    expect(reportOf(ended.stdout)).toBe(path.join(made, 'report.html'));
    expect(ended.stdout).toMatch(/^synthetic stand-in for CIFAR-100: .*no official data: .*ENOTFOUND/m);
    expect(ended.stdout).toMatch(
      /^synthetic stand-in for CIFAR-100, 200 test images\n.*\ntiny +conv .*\ntiny +adder /m,
    );
    const synthetic = {kind: 'synthetic', label: 'synthetic stand-in for CIFAR-100'};
    expect(readJson(made, 'summary.json')).toMatchObject({
      runs: [
        {operator: 'conv', status: 'finished', trainData: synthetic, testData: synthetic},
        {operator: 'adder', status: 'finished', trainData: synthetic, testData: synthetic},
      ],
    });
    expect(readLines(made, 'metrics.jsonl')).toHaveLength(2);
    expect(readFileSync(path.join(made, 'metrics.csv'), 'utf8')).toMatch(/synthetic stand-in for CIFAR-100/);
    const report = readFileSync(path.join(made, 'report.html'), 'utf8');
    expect(report).toMatch(/<title>[^<]*synthetic/i);
    expect(report).toContain('synthetic stand-in for CIFAR-100');
  });

  it('passes arguments on to any field', async () => {
    const output = freshOutput();
    const overrides = ['--operators=adder', '--seeds=7,8', '--optimizer.learning-rate=0.05', '--no-augmentation'];
    const sizes = ['--train-samples=100', '--test-samples=100', '--data=synthetic'];
    const ended = await run('npx', nxRun('experiments:cifar100:smoke', ...overrides, ...sizes, `--output=${output}`));
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    const made = runFolder(output);
    expect(readJson(made, 'config.json')).toMatchObject({
      operators: ['adder'],
      seeds: [7, 8],
      optimizer: {learningRate: 0.05, momentum: 0.9},
      augmentation: false,
      trainSamples: 100,
    });
    expect(readJson(made, 'environment.json')).toMatchObject({variant: 'smoke'});
  });

  it('an override that is wrong fails the target and says what would be right', async () => {
    const ended = await run('npx', nxRun('experiments:cifar100:smoke', '--operators=multiplier'));
    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain('error: unknown operator "multiplier"; valid: conv, adder');
  });

  it('an argument that Nx keeps for itself is no silent loss', async () => {
    const args = ['--operators=adder', '--data=synthetic'];
    const kept = await run('npx', nxRun('experiments:cifar100:smoke', ...args, '--batch-size=20'));
    expect(kept.code).not.toBe(0);
    expect(kept.stdout + kept.stderr).toContain('error: run: Nx did not pass on --batch-size=20; write');

    const output = freshOutput();
    const sizes = ['--train-samples=100', '--test-samples=100', '--batchSize=20', `--output=${output}`];
    const passed = await run('npx', nxRun('experiments:cifar100:smoke', ...args, ...sizes));
    expect(passed.code, passed.stdout + passed.stderr).toBe(0);
    expect(readJson(runFolder(output), 'config.json')).toMatchObject({batchSize: 20});
  });
});

describe('Ctrl-C', () => {
  it('through nx run, as a signal to the group: ends as interrupted and leaves readable files', async () => {
    const output = freshOutput();
    const running = start('npx', nxRun('experiments:cifar100', ...LONG, `--output=${output}`), {
      detached: true,
    });
    await firstEpoch(running, output);
    const leader = running.child.pid ?? Number.NaN;
    process.kill(-leader, 'SIGINT');
    const {code, signal} = await running.ended;
    expect(signal === 'SIGINT' ? 130 : code).toBe(130);
    // Nx waits five seconds, then kills: enough for everything on a machine that is not busy, and for the most important on any.
    await eventually('the end of all processes', () => !groupIsThere(leader));
    expectInterrupted(output);
  });

  // `script` gives its command a terminal and passes keys on: ^C is then what a person's Ctrl-C is.
  const hasScript = spawnSync('script', ['--version'], {encoding: 'utf8'}).stdout?.includes('util-linux') === true;

  it.skipIf(!hasScript)('through nx run on a terminal: exit code 130', async () => {
    const output = freshOutput();
    const command = ['npx', ...nxRun('experiments:cifar100', ...LONG, `--output=${output}`)].join(' ');
    const running = start('script', ['-qec', command, '/dev/null'], {stdin: 'pipe'});
    await firstEpoch(running, output);
    running.child.stdin?.write('\u0003');
    const {code, stdout} = await running.ended;
    expect(code, stdout).toBe(130);
    expectInterrupted(output);
  });

  it.skipIf(!hasScript)('on a terminal: the bar goes, the cursor comes back, exit code 130', async () => {
    const output = freshOutput();
    const command = [`node ${addernet} run cifar100`, ...LONG, `--output=${output}`].join(' ');
    const running = start('script', ['-qec', command, '/dev/null'], {stdin: 'pipe'});
    await firstEpoch(running, output);
    running.child.stdin?.write('\u0003');
    const {code, stdout} = await running.ended;
    expect(code, stdout).toBe(130);
    expect(stdout).toMatch(/█+░*|░+/);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stdout).toContain('Stopping; files are being finished. Ctrl-C again ends at once.');
    expect(stdout.trimEnd().split(/\r?\n/).at(-1)).toBe(path.join(runFolder(output), 'report.html'));
    expectInterrupted(output);
    expectReport(output);
  });
});
