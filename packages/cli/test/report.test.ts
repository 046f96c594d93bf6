// SPDX-License-Identifier: Apache-2.0
import {readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {examples, inProcess, runFolder, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const made: string[] = [];
/** What the runs wrote to the screen. */
const said: string[] = [];
const inference = path.join(examples, '../../packages/experiments/src/inference/experiment.ts');

beforeAll(async () => {
  for (const rate of ['0.1', '0.02']) {
    const output = path.join(folder, `runs-${rate}`);
    const settings = ['--backend=cpu', '--operators=conv', '--train-samples=40', '--test-samples=24', '--epochs=1'];
    const learningRate = `--optimizer.learning-rate=${rate}`;
    const measure = `--measure-inference=${rate === '0.02'}`;
    const file = path.join(examples, 'experiment.ts');
    const {stdout} = await inProcess('run', file, ...settings, learningRate, measure, `--output=${output}`);
    said.push(stdout);
    made.push(runFolder(output));
  }
});

describe('addernet report', () => {
  it('makes a report anew in its folder', async () => {
    const [first = ''] = made;
    const file = path.join(first, 'report.html');
    rmSync(file);
    const ended = await inProcess('report', first);
    expect(ended).toMatchObject({code: 0, stderr: ''});
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(file);
    const headings = [...readFileSync(file, 'utf8').matchAll(/<h2[^>]*>([^<]*)/g)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(['Mistakes on the test images', 'Gradients, weights and filters']));
  });

  it('compares experiments and names what differs', async () => {
    const output = path.join(folder, 'compared');
    const ended = await inProcess('report', ...made, '--output', output);
    expect(ended).toMatchObject({code: 0, stderr: ''});
    const text = readFileSync(ended.stdout.trimEnd().split('\n').at(-1) ?? '', 'utf8');
    for (const part of ['optimizer.learningRate', 'conv, A', 'conv, B']) expect(text.includes(part), part).toBe(true);
  });

  it('has what a run measured of its own network, which stood on the screen at its end', () => {
    expect(said.at(-1)).toMatch(
      /Inference with the trained networks:\n\nall-conv-mini on cpu, batch 1\noperator +form +ms /u,
    );
    const text = readFileSync(path.join(made.at(-1) ?? '', 'report.html'), 'utf8');
    expect(text).toContain('this experiment, after its last run');
    expect(text).toContain('Inference layer by layer');
  });

  it('puts measured inference into the report of a run, and makes its own anew', async () => {
    const measured = path.join(folder, 'measured');
    const settings = ['--architecture=tiny', '--operators=conv', '--backend=cpu', '--batchSize=1', '--rounds=1'];
    const short = ['--forms=plain', '--no-layers', '--sample-milliseconds=1', `--output=${measured}`];
    expect((await inProcess('run', inference, ...settings, ...short)).code).toBe(0);
    const speed = runFolder(measured);
    const alone = await inProcess('report', speed);
    expect(alone).toMatchObject({code: 0, stderr: ''});
    expect(alone.stdout.trimEnd().split('\n').at(-1)).toBe(path.join(speed, 'report.html'));
    const [first = ''] = made;
    const mixed = await inProcess('report', first, speed, '--output', path.join(folder, 'mixed'));
    expect(mixed).toMatchObject({code: 0, stderr: ''});
    const text = readFileSync(mixed.stdout.trimEnd().split('\n').at(-1) ?? '', 'utf8');
    expect(text).toContain('<h2 id="inference-heading">Inference</h2>');
    expect(text).toContain(`${path.basename(speed)}: tiny was measured, and the runs are of all-conv-mini: left out.`);
  });

  it('says what is wrong', async () => {
    for (const [args, code, message] of [
      [['report'], 2, /missing required argument 'runs'/],
      [['report', ...made, folder], 1, /has no experiment\.json; expected a folder that `addernet run` made/],
      [['report', path.join(folder, 'nowhere')], 1, /nowhere: there is no such folder/],
    ] as const) {
      const ended = await inProcess(...args);
      expect(ended.stderr).toMatch(message);
      expect(ended.code).toBe(code);
    }
  });
});
