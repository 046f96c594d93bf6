// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, RunSummary} from '@addernet/plugin';
import {renderMarkdownTable} from '@addernet/report';
import {describe, expect, it} from 'vitest';
import {resultTables} from '../src/result-tables.js';

const run: RunSummary = {
  id: 'cifar100-tiny-conv-seed0',
  status: 'finished',
  dataset: 'cifar100',
  trainData: {kind: 'synthetic', label: 'synthetic stand-in for CIFAR-100'},
  testData: {kind: 'synthetic', label: 'synthetic stand-in for CIFAR-100'},
  trainImages: 4000,
  testImages: 2000,
  architecture: 'tiny',
  operator: 'conv',
  backend: 'cpu',
  seed: 0,
  parameters: 66_664,
  trainableParameters: 66_112,
  operations: {multiplications: 1, additions: 1},
  epochsPlanned: 3,
  epochs: [],
  final: {top1: 0.1234, top5: 0.4567, loss: 3.4567, imagesPerSecond: 98.76},
  startedAt: '2026-01-31T12:00:00.000Z',
  seconds: 60,
};

const summaryOf = (runs: readonly RunSummary[]): ExperimentSummary => ({
  name: 'test',
  description: '',
  startedAt: run.startedAt,
  seconds: 1,
  notes: [],
  config: {},
  environment: {},
  runs,
});

describe('result tables', () => {
  it('name the data by its label, not by the dataset', () => {
    const text = resultTables(
      [run, {...run, operator: 'adder', final: {top1: 1, top5: 1, loss: 0.5, imagesPerSecond: 5}}],
      80,
    );
    expect(text).toBe(
      [
        'synthetic stand-in for CIFAR-100, 2,000 test images',
        'architecture  operator    top-1    top-5   loss  images/s  parameters',
        'tiny          conv       12.3 %   45.7 %  3.457      98.8      66,664',
        'tiny          adder     100.0 %  100.0 %  0.500      5.00      66,664',
      ].join('\n'),
    );
  });

  it('keep data of different sources apart, and show seeds where there are several', () => {
    const data = {kind: 'official', label: 'CIFAR-100'} as const;
    const official: RunSummary = {...run, seed: 7, trainData: data, testData: data};
    const partial: RunSummary = {...official, trainData: {kind: 'partial', label: 'CIFAR-100 (500 of 50,000)'}};
    const [first = '', second = '', third = ''] = resultTables([run, official, run, partial], 80).split('\n\n');
    expect(first.split('\n')).toHaveLength(4);
    expect(first).toMatch(/^synthetic stand-in for CIFAR-100, .*\n.*\bseed\b/);
    expect(second).toMatch(/^CIFAR-100, 2,000 test images\n.*\ntiny +conv +7 /);
    expect(third).toMatch(/^CIFAR-100 \(500 of 50,000\) for training, CIFAR-100 for test, 2,000 test images\n/);
  });

  it('say of unfinished runs how far they came', () => {
    const {final: _final, ...begun} = run;
    const text = resultTables([run, {...begun, status: 'interrupted'}, {...begun, status: 'failed', error: 'no'}], 80);
    expect(text).toMatch(/0\/3\n.*0\/3 interrupted\n.*0\/3 failed$/);
  });

  const final = (top1: number) => ({top1, top5: 0.9, loss: 1.25, imagesPerSecond: 61.25});
  const seeds = (operator: string, accuracies: readonly number[], options: Partial<RunSummary> = {}): RunSummary[] =>
    accuracies.map((top1, seed) => ({...run, operator, seed, testImages: 10_000, ...options, final: final(top1)}));

  it('have means and deviations over seeds, as the reports do', () => {
    const runs = [...seeds('conv', [0.68, 0.7]), ...seeds('adder', [0.6, 0.65, 0.7])];
    const text = resultTables(runs, 120);
    expect(text.slice(text.indexOf('\n\n') + 2)).toBe(
      [
        'mean ± standard deviation over seeds',
        'architecture  operator  seeds     top-1 (%)     top-5 (%)           loss    images/s',
        'tiny          conv          2  69.00 ± 1.41  90.00 ± 0.00  1.250 ± 0.000  61.3 ± 0.0',
        'tiny          adder         3  65.00 ± 5.00  90.00 ± 0.00  1.250 ± 0.000  61.3 ± 0.0',
      ].join('\n'),
    );
    for (const figure of ['69.00 ± 1.41', '65.00 ± 5.00', '1.250 ± 0.000', '61.3 ± 0.0']) {
      expect(renderMarkdownTable(summaryOf(runs))).toContain(figure);
    }
  });

  it('tell recipes apart, and count the seeds that finished', () => {
    const recipe = (name: string): Partial<RunSummary> => ({recipe: {name, changed: []}});
    const [unfinished] = seeds('conv', [0.1], {...recipe('short'), seed: 2, status: 'failed'});
    const runs = [
      ...seeds('conv', [0.5, 0.6], recipe('short')),
      ...(unfinished === undefined ? [] : [{...unfinished, seed: 2}]),
      ...seeds('conv', [0.7, 0.8], recipe('long')),
    ];
    const text = resultTables(runs, 120);
    expect(text).toMatch(/tiny +conv +short +2 of 3 +55\.00 ± 7\.07 /u);
    expect(text).toMatch(/tiny +conv +long +2 +75\.00 ± 7\.07 /u);
  });

  it('say nothing of seeds where each run has its own', () => {
    expect(resultTables([...seeds('conv', [0.5]), ...seeds('adder', [0.6])], 120)).not.toContain('±');
  });

  it('fit into 80 columns', () => {
    const names = {architecture: 'lenet5-bn', recipe: {name: 'addernet-cifar', changed: []}} as const;
    const other = {...names, recipe: {name: 'wide-schedule', changed: []}} as const;
    const runs = ['conv', 'adder'].flatMap((operator) => [
      ...seeds(operator, [0.5, 0.6, 0.7], names),
      ...seeds(operator, [0.5, 0.6, 0.7], other),
    ]);
    const lines = resultTables(runs, 80).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.startsWith('architecture'))).toEqual([
      expect.stringMatching(/recipe .*seed .*top-1 .*loss/u),
      expect.stringMatching(/recipe .*seeds .*top-1 \(%\) .*loss/u),
    ]);
    expect(resultTables(runs, 200)).toMatch(/top-5 .*images\/s .*parameters\n/u);
  });
});
