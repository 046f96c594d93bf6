// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';
import {
  accuracyDigits,
  formatPercentValue,
  formatSpeed,
  formatStatistic,
  resultsOf,
  type Statistic,
} from '@addernet/report';
import {count, percent, rate} from './format.js';
import {fittedTable, type Column} from './text.js';

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

/** A column that can be missed has a number: the highest is left out first. */
const DISPENSABLE = {top5: 1, imagesPerSecond: 2, parameters: 3} as const;

/** What runs are told apart by. */
function nameColumns(runs: readonly RunSummary[]): readonly Column<RunSummary | undefined>[] {
  const severalRecipes = new Set(runs.map((run) => run.recipe?.name)).size > 1;
  return [
    {head: 'architecture', cell: (run) => run?.architecture ?? ''},
    {head: 'operator', cell: (run) => run?.operator ?? ''},
    ...(severalRecipes ? [{head: 'recipe', cell: (run: RunSummary | undefined) => run?.recipe?.name ?? ''}] : []),
  ];
}

function runColumns(runs: readonly RunSummary[]): readonly Column<RunSummary>[] {
  const severalSeeds = new Set(runs.map((run) => run.seed)).size > 1;
  const allFinished = runs.every((run) => run.status === 'finished');
  return [
    ...nameColumns(runs),
    ...(severalSeeds ? [{head: 'seed', cell: (run: RunSummary) => String(run.seed)}] : []),
    {head: 'top-1', cell: ({final}) => (final === undefined ? '' : percent(final.top1))},
    {
      head: 'top-5',
      cell: ({final}) => (final === undefined ? '' : percent(final.top5)),
      dispensable: DISPENSABLE.top5,
    },
    {head: 'loss', cell: ({final}) => (final === undefined ? '' : final.loss.toFixed(3))},
    {
      head: 'images/s',
      cell: ({final}) => (final === undefined ? '' : rate(final.imagesPerSecond)),
      dispensable: DISPENSABLE.imagesPerSecond,
    },
    // One or the other, so that the table fits into 80 columns.
    allFinished
      ? {head: 'parameters', cell: (run) => count(run.parameters), dispensable: DISPENSABLE.parameters}
      : {head: 'epochs', cell: epochsDone},
  ];
}

/** Means and deviations as in the reports; '' where no run has several finished seeds. */
function seedsTable(runs: readonly RunSummary[], width: number): string {
  const results = resultsOf({runs}).groups.flatMap(({settings}) => settings.flatMap((setting) => setting.results));
  if (results.every(({reported}) => reported.length < 2)) return '';
  type Row = (typeof results)[number];
  const percents = (statistic: Statistic | undefined, [first]: readonly RunSummary[]): string =>
    formatStatistic(statistic, (value) => formatPercentValue(value, accuracyDigits(first?.testImages ?? 0)));
  const columns: readonly Column<Row>[] = [
    ...nameColumns(runs).map(({head, cell}): Column<Row> => ({head, cell: (row) => cell(row.runs[0])})),
    {
      head: 'seeds',
      cell: (row) =>
        row.reported.length === row.runs.length
          ? String(row.runs.length)
          : `${row.reported.length} of ${row.runs.length}`,
    },
    {head: 'top-1 (%)', cell: (row) => percents(row.top1, row.runs)},
    {head: 'top-5 (%)', cell: (row) => percents(row.top5, row.runs), dispensable: DISPENSABLE.top5},
    {head: 'loss', cell: (row) => formatStatistic(row.loss, (value) => value.toFixed(3))},
    {
      head: 'images/s',
      cell: (row) => formatStatistic(row.imagesPerSecond, formatSpeed),
      dispensable: DISPENSABLE.imagesPerSecond,
    },
  ];
  return `\n\nmean ± standard deviation over seeds\n${fittedTable(columns, results, width)}`;
}

/**
 * What is left on the screen when an experiment has ended: a table per dataset, whose label stands above it, and where there are several seeds their means below.
 *
 * @param width columns of the screen; what can be missed most is left out where a table is wider
 */
export function resultTables(runs: readonly RunSummary[], width: number): string {
  const columns = runColumns(runs);
  return [...byData(runs)]
    .map(([title, group]) => `${title}\n${fittedTable(columns, group, width)}${seedsTable(group, width)}`)
    .join('\n\n');
}
