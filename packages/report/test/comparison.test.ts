// SPDX-License-Identifier: Apache-2.0
import type {ExperimentPart, ExperimentSummary} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {differencesOf} from '../src/differences.js';
import {renderMarkdownTable} from '../src/index.js';
import {makeRun, makeSummary} from './fixtures.js';
import {report, rowsOf, textOf} from './page.js';

const CURVE = {epochs: 3, limit: 0.4, imagesPerSecond: 80};

function part(label: string, folder: string, options: Partial<ExperimentPart> = {}): ExperimentPart {
  return {
    label,
    folder,
    name: 'cifar100',
    startedAt: '2026-11-22T10:00:00.000Z',
    seconds: 60,
    config: {optimizer: {learningRate: 0.1}, seeds: [1], output: folder},
    environment: {backend: 'wasm', 'git.commit': '0123456789abcdef', command: folder},
    runs: 2,
    ...options,
  };
}

const PARTS = [
  part('A', 'first'),
  part('B', 'second', {config: {optimizer: {learningRate: 0.05}, seeds: [1], recipe: 'other', output: 'x'}}),
  part('A', 'third', {config: {optimizer: {learningRate: 0.1}, seeds: [2], output: 'x'}}),
];

function comparison(parts: readonly ExperimentPart[] = PARTS, backends: readonly string[] = []): ExperimentSummary {
  const runs = parts.flatMap(({label, folder}, index) =>
    ['conv', 'adder'].map((operator) =>
      makeRun(
        {
          id: `${folder}/${operator}`,
          operator,
          part: label,
          seed: index === 2 ? 2 : 1,
          backend: backends[index] ?? 'wasm',
        },
        CURVE,
      ),
    ),
  );
  return makeSummary(runs, {name: 'comparison', parts});
}

describe('differencesOf', () => {
  it('names every setting and entry that is not the same, but not where and how it was started', () => {
    expect(differencesOf(PARTS)).toEqual([
      {name: 'optimizer.learningRate', of: 'configuration', values: ['0.1', '0.05', '0.1']},
      {name: 'seeds', of: 'configuration', values: ['1', '1', '2']},
      {name: 'recipe', of: 'configuration', values: [undefined, 'other', undefined]},
    ]);
    const backends = [
      part('A', 'a'),
      part('B', 'b', {environment: {backend: 'cpu', 'git.commit': '0123456789abcdef'}}),
    ];
    expect(differencesOf(backends)).toEqual([{name: 'backend', of: 'environment', values: ['wasm', 'cpu']}]);
    expect(differencesOf(PARTS.slice(0, 1))).toEqual([]);
  });
});

describe('a comparison of experiments', () => {
  it('averages runs of equal experiments only, and keeps the others apart', async () => {
    const {document} = await report(comparison());
    const rows = rowsOf(document, '#results').map((row) => row.slice(-11));
    expect(rows.map((row) => [row[0], row[9]])).toEqual([
      ['conv, A', '1, 2'],
      ['adder, A', '1, 2'],
      ['conv, B', '1'],
      ['adder, B', '1'],
    ]);
    expect(textOf(document.querySelector('h1'))).toBe('conv and adder on CIFAR-100');
  });

  it('names experiments and their differences in tables', async () => {
    const {document} = await report(comparison());
    expect(rowsOf(document, '#experiments').map((row) => row.slice(0, 2))).toEqual([
      ['A', 'first'],
      ['B', 'second'],
      ['A', 'third'],
    ]);
    expect(rowsOf(document, '#differences')).toContainEqual(['optimizer.learningRate', '0.1', '0.05', '0.1']);
    const markdown = renderMarkdownTable(comparison());
    expect(markdown).toMatch(/\| optimizer\.learningRate +\| 0\.1 +\| 0\.05 +\| 0\.1 +\|/u);
    expect(markdown).toMatch(/\| B +\| second +\| cifar100 +\| wasm +\| 0123456789abcdef/u);
  });

  it('says nothing of labels where the setting tells experiments apart', async () => {
    const {document} = await report(comparison([part('A', 'first'), part('B', 'second')], ['wasm', 'cpu']));
    const operators = rowsOf(document, '#results').map((row) => row.find((cell) => /^(conv|adder)/u.test(cell)));
    expect(operators).toEqual(['conv', 'adder', 'conv', 'adder']);
  });

  it('is no part of a single experiment’s report', async () => {
    const {document} = await report(makeSummary([makeRun({}, CURVE)]));
    expect(document.querySelector('#experiments')).toBeNull();
  });
});
