// SPDX-License-Identifier: Apache-2.0
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {addernet, examples, readJson, readLines, run, runFolder, shellEnvironment, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const plugin = path.join(examples, 'plugin.ts');

it('an operator, an architecture and a dataset from outside the packages run by name, and learn', async () => {
  const output = path.join(folder, 'runs');
  const ended = await run('node', [addernet, 'run', path.join(examples, 'experiment.ts'), `--output=${output}`], {
    cwd: folder,
  });
  expect(ended).toMatchObject({code: 0, stderr: ''});
  const made = runFolder(output);
  const summary = readJson(made, 'summary.json');
  const trained = (operator: string): unknown =>
    expect.objectContaining({
      operator,
      architecture: 'all-conv-mini',
      dataset: 'two-moons',
      status: 'finished',
      // Chance is 0.5. The same seed gives the same numbers on one backend.
      final: expect.objectContaining({top1: expect.toSatisfy((value: number) => value > 0.75)}),
    });
  expect(summary).toMatchObject({name: 'two-moons', runs: [trained('conv'), trained('adder'), trained('ws-conv')]});
  // 12·12·9·8 + 6·6·(72·16 + 144·16) + 6·6·16·2 taps; the adder's own layers are the two in the middle.
  expect(summary).toMatchObject({
    runs: [
      {operations: {multiplications: 135_936, additions: 135_936}},
      {operations: {multiplications: 11_520, additions: 260_352}},
      {operations: {multiplications: 135_936, additions: 135_936}},
    ],
  });
  const latex = readFileSync(path.join(made, 'results.tex'), 'utf8');
  expect(latex).toMatch(/^Two moons & all-conv-mini & ws-conv & 0 & \d+\.\d \\\\$/m);
  expect(existsSync(path.join(made, 'report.html'))).toBe(true);
});

it('`addernet list` shows what a plugin brings, and `addernet doctor` checks its backend', async () => {
  const listed = await run('node', [addernet, 'list', '--plugin', plugin], {cwd: folder});
  expect(listed).toMatchObject({code: 0, stderr: ''});
  for (const name of ['ws-conv', 'all-conv-mini', 'two-moons', 'plain-cpu', 'latex', 'slurm'])
    expect(listed.stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));

  const doctor = await run('node', [addernet, 'doctor', '--plugin', './plugin.ts', '--data-root', folder], {
    cwd: examples,
  });
  expect(doctor.stdout).toMatch(/^ok +backend plain-cpu +composed kernels .* adderConv2d agrees with the reference$/m);
  expect(doctor.stdout).toMatch(/^ok +data two-moons +generated$/m);
  expect(doctor.code).toBe(0);
});

it('an unknown name lists those that plugins bring', async () => {
  const args = ['run', path.join(examples, 'experiment.ts'), '--operators=wsconv'];
  const {code, stderr} = await run('node', [addernet, ...args], {cwd: folder});
  expect(stderr).toBe('error: unknown operator "wsconv"; did you mean "ws-conv"?; valid: conv, adder, ws-conv\n');
  expect(code).toBe(2);
});

it('a launcher from outside the packages does the runs, several at a time', async () => {
  // In the place of Slurm's srun: notes its arguments and runs the command.
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const calls = path.join(folder, 'srun.txt');
  writeFileSync(path.join(bin, 'srun'), `#!/bin/sh\necho "$1" >> '${calls}'\nshift 2\nexec "$@"\n`);
  chmodSync(path.join(bin, 'srun'), 0o755);
  const output = path.join(folder, 'launched');
  const ended = await run(
    'node',
    [
      addernet,
      'run',
      path.join(examples, 'experiment.ts'),
      '--launcher=slurm',
      '--concurrency=2',
      '--operators=conv,adder',
      '--backend=cpu',
      '--train-samples=64',
      '--test-samples=40',
      '--epochs=1',
      `--output=${output}`,
    ],
    {cwd: folder, env: shellEnvironment({PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`})},
  );
  expect(ended).toMatchObject({code: 0, stderr: ''});
  expect(readFileSync(calls, 'utf8').trim().split('\n').sort()).toEqual([
    '--job-name=two-moons-all-conv-mini-adder-seed0',
    '--job-name=two-moons-all-conv-mini-conv-seed0',
  ]);
  const made = runFolder(output);
  expect(readJson(made, 'summary.json')).toMatchObject({runs: [{status: 'finished'}, {status: 'finished'}]});
  expect(readLines(made, 'metrics.jsonl')).toHaveLength(2);
});
