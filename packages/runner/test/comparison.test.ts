// SPDX-License-Identifier: Apache-2.0
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExperimentSummary, RunRecords} from '@addernet/plugin';
import {beforeAll, describe, expect, it} from 'vitest';
import {defineInference, ResumeError, reportExperiments, runInference} from '../src/index.js';
import {CLASSES, containerWith} from './fixtures.js';
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
        renderInference: ({models}) => Promise.resolve(`${models.length} models\n`),
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

/** A folder of an experiment that measured the same network. */
let speed: string;

beforeAll(async () => {
  ({folder: speed} = await runInference({
    definition: defineInference({
      name: 'speed',
      description: 'for tests',
      config: {
        architectures: ['small'],
        operators: ['plain', 'bent'],
        backends: ['cpu'],
        batchSizes: [1],
        image: {height: 4, width: 4},
        classes: CLASSES,
        rounds: 1,
        sampleMilliseconds: 0.1,
      },
    }),
    container: container(),
    workingFolder: temporary,
  }));
});

describe('reportExperiments with measured inference', () => {
  it('makes its reports anew where there are no trained runs', async () => {
    const again = path.join(temporary, 'speed-again');
    cpSync(speed, again, {recursive: true});
    for (const folder of [speed, again]) rmSync(path.join(folder, 'report.txt'));
    const {files, summary, inference} = await reportExperiments({folders: [speed, again], container: container()});
    expect(files).toEqual([speed, again].map((folder) => path.join(folder, 'report.txt')));
    expect(readFileSync(files[0] ?? '', 'utf8')).toBe('2 models\n');
    expect(summary).toBeUndefined();
    expect(inference.map(({name}) => name)).toEqual(['speed', 'speed']);
    expect(inference[0]).toEqual(JSON.parse(readFileSync(path.join(speed, 'summary.json'), 'utf8')));
  });

  it('puts it into the report of a run, in a folder of its own', async () => {
    const output = path.join(temporary, 'mixed');
    const before = readFileSync(path.join(first, 'report.txt'), 'utf8');
    const {files, summary} = await reportExperiments({folders: [speed, first], output, container: container()});
    expect(path.basename(path.dirname(files[0] ?? ''))).toMatch(/^report-/u);
    expect(seen.at(-1)?.summary).toBe(summary);
    expect(summary?.runs.map(({id}) => id)).toEqual(['pictures-small-plain-seed0']);
    expect(summary?.inference?.map(({folder, summary: own}) => [folder, own.models.length])).toEqual([
      [path.basename(speed), 2],
    ]);
    expect(seen.at(-1)?.records.size).toBe(1);
    expect(readFileSync(path.join(first, 'report.txt'), 'utf8')).toBe(before);
  });

  it('puts it into a comparison, beside what the experiments measured themselves', async () => {
    const measured = readFileSync(path.join(speed, 'summary.json'), 'utf8');
    const own = copy({
      'summary.json': changed(
        '"runs": [',
        `"inference": [{"datasets": ["pictures"], "summary": ${measured}}], "runs": [`,
      ),
    });
    const folders = [first, own, speed];
    const {summary} = await reportExperiments({folders, output: temporary, container: container()});
    expect(summary?.parts).toHaveLength(2);
    expect(summary?.inference?.map(({folder, datasets}) => [folder, datasets])).toEqual([
      [path.basename(own), ['pictures']],
      [path.basename(speed), undefined],
    ]);
  });
});

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
    expect(summary?.parts?.map(({label, folder}) => [label, folder])).toEqual([
      ['A', names[0]],
      ['B', names[1]],
      ['A', names[2]],
    ]);
    expect(summary?.runs.map(({id, part, seed}) => [path.dirname(id), part, seed])).toEqual([
      [names[0], 'A', 0],
      [names[1], 'B', 0],
      [names[2], 'A', 5],
    ]);
    const records = seen.at(-1)?.records;
    for (const {id} of summary?.runs ?? []) expect(records?.get(id)?.evaluation?.epoch).toBe(1);
  });

  it('tells folders of one name apart', async () => {
    const twin = path.join(temporary, 'elsewhere', path.basename(first));
    mkdirSync(path.dirname(twin));
    cpSync(first, twin, {recursive: true});
    const {summary} = await reportExperiments({folders: [first, twin], output: temporary, container: container()});
    const name = path.basename(first);
    expect(summary?.parts?.map(({folder}) => folder)).toEqual([name, `${name} (2)`]);
    expect(new Set(summary?.runs.map(({id}) => id)).size).toBe(2);
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
      'of inference and altered',
      () => copy({'summary.json': changed('"name"', '"kind": "inference", "name"')}),
      'summary.json is of another version or altered: status',
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
