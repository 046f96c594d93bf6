// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';
import {table} from './text.js';

/** 0.6789 → '67.9 %'. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** 0.91823 → '91.82 %': to one image of ten thousand. */
export const finePercent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

/** 83 → '1:23', 3700 → '1:01:40'. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const total = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(total / 60) % 60, total % 60];
  const hours = Math.floor(total / 3600);
  const [first = 0, ...rest] = hours > 0 ? [hours, ...parts] : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** 1234567 → '1,234,567'. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** Three digits at least below a hundred, whole numbers above. */
export const rate = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** Runs that were trained and measured on the same data. */
function byData(runs: readonly RunSummary[]): Map<string, RunSummary[]> {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const [train, test] = [run.trainData.label, run.testData.label];
    const data = train === test ? test : `${train} for training, ${test} for test`;
    const title = `${data}, ${count(run.testImages)} test images`;
    groups.set(title, [...(groups.get(title) ?? []), run]);
  }
  return groups;
}

/** '3/3', '1/3 interrupted'. */
const epochsDone = (run: RunSummary): string =>
  `${run.epochs.length}/${run.epochsPlanned}${run.status === 'finished' ? '' : ` ${run.status}`}`;

/** What is left on the screen when an experiment has ended: a table per dataset, whose label stands above it. */
export function resultTables(runs: readonly RunSummary[]): string {
  const severalSeeds = new Set(runs.map((run) => run.seed)).size > 1;
  const severalRecipes = new Set(runs.map((run) => run.recipe?.name)).size > 1;
  const allFinished = runs.every((run) => run.status === 'finished');
  const columns: {readonly head: string; readonly cell: (run: RunSummary) => string}[] = [
    {head: 'architecture', cell: (run) => run.architecture},
    {head: 'operator', cell: (run) => run.operator},
    ...(severalRecipes ? [{head: 'recipe', cell: (run: RunSummary) => run.recipe?.name ?? ''}] : []),
    ...(severalSeeds ? [{head: 'seed', cell: (run: RunSummary) => String(run.seed)}] : []),
    {head: 'top-1', cell: ({final}) => (final === undefined ? '' : percent(final.top1))},
    {head: 'top-5', cell: ({final}) => (final === undefined ? '' : percent(final.top5))},
    {head: 'loss', cell: ({final}) => (final === undefined ? '' : final.loss.toFixed(3))},
    {head: 'images/s', cell: ({final}) => (final === undefined ? '' : rate(final.imagesPerSecond))},
    // One or the other, so that the table fits into 80 columns.
    allFinished ? {head: 'parameters', cell: (run) => count(run.parameters)} : {head: 'epochs', cell: epochsDone},
  ];
  return [...byData(runs)]
    .map(([title, group]) => {
      const rows = group.map((run) => columns.map(({cell}) => cell(run)));
      return `${title}\n${table(
        columns.map(({head}) => head),
        rows,
      )}`;
    })
    .join('\n\n');
}
