// SPDX-License-Identifier: Apache-2.0
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExperimentSummary, RunRecords} from '@addernet/plugin';
import {beforeAll, describe, expect, it} from 'vitest';
import {ResumeError, reportExperiments} from '../src/index.js';
import {containerWith} from './fixtures.js';
import {folder as temporary, run} from './run.js';

interface Seen {
  readonly summary: ExperimentSummary;
  readonly records: ReadonlyMap<string, RunRecords>;
}

const seen: Seen[] = [];
const container = () =>
  containerWith({
    reporters: [
      {
        name: 'seen',
        fileName: 'report.txt',
        render: (summary, records) => {
          seen.push({summary, records});
          return Promise.resolve(`${summary.runs.length} runs\n`);
        },
      },
    ],
  });

let first: string;

beforeAll(async () => {
  ({folder: first} = await run({container: container(), overrides: {operators: 'plain', epochs: '1'}}));
});

let copies = 0;

/** A copy of the first experiment's folder, with some of its files changed. */
function copy(files: Record<string, (text: string) => string> = {}): string {
  const target = path.join(temporary, `copy-${copies++}`);
  cpSync(first, target, {recursive: true});
  for (const [name, change] of Object.entries(files)) {
    const file = path.join(target, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }
  return target;
}

const changed = (from: string | RegExp, to: string) => (text: string) => {
  const result = text.replace(from, to);
  expect(result).not.toBe(text);
  return result;
};

describe('reportExperiments', () => {
  it('makes one experiment’s reports anew in its folder', async () => {
    const folder = copy({'report.txt': () => 'old'});
    const {files} = await reportExperiments({folders: [folder, `${folder}/`], container: container()});
    expect(files).toEqual([path.join(folder, 'report.txt')]);
    expect(readFileSync(path.join(folder, 'report.txt'), 'utf8')).toBe('1 runs\n');
    expect(seen.at(-1)?.summary.parts).toBeUndefined();
    expect(readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
  });

  it('puts several into one report, with their records, in a folder of its own', async () => {
    const output = path.join(temporary, 'compared');
    const other = copy({'summary.json': changed(/"learningRate": [\d.]+/u, '"learningRate": 0.2')});
    const seeds = copy({'summary.json': changed(/"seed": 0,/u, '"seed": 5,')});
    const {files, summary} = await reportExperiments({folders: [first, other, seeds], output, container: container()});
    expect(files).toHaveLength(1);
    expect(path.dirname(path.dirname(files[0] ?? ''))).toBe(output);
    expect(path.basename(path.dirname(files[0] ?? ''))).toMatch(/^comparison-/u);
    const names = [first, other, seeds].map((folder) => path.basename(folder));
    expect(summary.parts?.map(({label, folder}) => [label, folder])).toEqual([
      ['A', names[0]],
      ['B', names[1]],
      ['A', names[2]],
    ]);
    expect(summary.runs.map(({id, part, seed}) => [path.dirname(id), part, seed])).toEqual([
      [names[0], 'A', 0],
      [names[1], 'B', 0],
      [names[2], 'A', 5],
    ]);
    const records = seen.at(-1)?.records;
    for (const {id} of summary.runs) expect(records?.get(id)?.evaluation?.epoch).toBe(1);
  });

  it('tells folders of one name apart', async () => {
    const twin = path.join(temporary, 'elsewhere', path.basename(first));
    mkdirSync(path.dirname(twin));
    cpSync(first, twin, {recursive: true});
    const {summary} = await reportExperiments({folders: [first, twin], output: temporary, container: container()});
    const name = path.basename(first);
    expect(summary.parts?.map(({folder}) => folder)).toEqual([name, `${name} (2)`]);
    expect(new Set(summary.runs.map(({id}) => id)).size).toBe(2);
  });

  it.each([
    ['nothing', () => path.join(temporary, 'nowhere'), 'there is no such folder'],
    ['a file', () => path.join(first, 'summary.json'), 'this is a file'],
    ['no run folder', () => temporary, 'has no experiment.json; expected a folder that `addernet run` made'],
    [
      'of another version',
      () => copy({'experiment.json': changed('"version": 1', '"version": 7')}),
      'of form 7; this version reads form 1',
    ],
    [
      'of inference',
      () => copy({'experiment.json': changed('"version": 1', '"kind": "inference", "version": 1')}),
      'measured inference',
    ],
    ['cut off', () => copy({'summary.json': (text) => text.slice(0, 100)}), 'summary.json is not JSON, or truncated'],
    [
      'altered',
      () => copy({'summary.json': changed('"runs"', '"sprints"')}),
      'summary.json is of another version or altered: runs',
    ],
  ])('refuses a folder that is %s, and writes nothing', async (_what, make, message) => {
    const output = path.join(temporary, 'refused');
    const reported = reportExperiments({folders: [first, make()], output, container: container()});
    await expect(reported).rejects.toThrow(message);
    await expect(reported).rejects.toBeInstanceOf(ResumeError);
    expect(existsSync(output)).toBe(false);
  });
});
