// SPDX-License-Identifier: Apache-2.0
import {existsSync, readFileSync, renameSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {examples, inProcess, runFolder, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const conv = 'two-moons-all-conv-mini-conv-seed0';
const shift = 'two-moons-all-conv-mini-ws-conv-seed0';
let made = '';

const read = (name: string): string => readFileSync(path.join(made, name), 'utf8');

beforeAll(async () => {
  const output = path.join(folder, 'runs');
  const settings = [
    '--backend=cpu',
    '--operators=conv,ws-conv',
    '--train-samples=40',
    '--test-samples=24',
    '--epochs=1',
  ];
  await inProcess('run', path.join(examples, 'experiment.ts'), ...settings, `--output=${output}`);
  made = runFolder(output);
});

describe('addernet features', () => {
  it('adds pictures of the named run’s features to the report, then of all', async () => {
    expect(existsSync(path.join(made, 'features.svg'))).toBe(false);
    const one = await inProcess('features', path.join(made, shift), '--images', '20');
    expect(one).toMatchObject({code: 0, stderr: ''});
    expect(one.stdout).toContain(`${shift}: computing features of 20 test images`);
    expect(one.stdout.trimEnd().split('\n').at(-1)).toBe(path.join(made, 'report.html'));
    expect(read('report.html').match(/<figcaption>Figure \d+\. What the last layer/g)).toHaveLength(1);
    expect(read('report.html')).toContain('20 test images of Two moons');
    expect(read('features.svg')).toMatch(/^<svg /);
    expect(read('results.md')).toContain('](features.svg)');

    // Named twice, the experiment as a whole stands for all its runs.
    const all = await inProcess('features', path.join(made, conv), made, '--images', '8', '--quiet');
    expect(all.code).toBe(0);
    expect(read('report.html').match(/<figcaption>Figure \d+\. What the last layer/g)).toHaveLength(2);
    expect(all.stdout.match(/report\.html/g)).toHaveLength(1);
  });

  it('says what is wrong', async () => {
    const before = read('summary.json');
    for (const [args, code, message] of [
      [['features'], 2, /missing required argument 'run'/],
      [['features', made, '--images=x'], 2, /given "x", expected an integer ≥ 1/],
      [['features', made, '--images=1'], 2, /images is 1; expected an integer ≥ 2/],
      [['features', path.join(made, 'nothing')], 2, /unknown run "nothing"|no run "nothing"/i],
      [['features', path.join(folder, 'nowhere')], 1, /nowhere: there is no such folder; expected a run folder/],
    ] as const) {
      const ended = await inProcess(...args);
      expect(ended.stderr).toMatch(message);
      expect(ended.code).toBe(code);
    }
    const weights = path.join(made, conv, 'model.json');
    renameSync(weights, `${weights}.away`);
    const ended = await inProcess('features', path.join(made, conv));
    expect(ended).toMatchObject({code: 1, stderr: expect.stringContaining('there is no such file')});
    expect(read('summary.json')).toBe(before);
  });
});
