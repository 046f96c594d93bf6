// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, RunStatus, RunSummary} from '@addernet/plugin';
import type {RunData} from './provenance.js';
import {statisticOf, type Statistic} from './statistics.js';

/** Runs of one operator that differ in nothing but the seed: a row of the results table. */
export interface OperatorResult {
  /** With the recipe's name where the experiment has several: 'adder, addernet-cifar'. */
  readonly operator: string;
  /** Set when equal seeds would otherwise be averaged (runs that differ in something the summary does not say). */
  readonly runId?: string;
  readonly runs: readonly RunSummary[];
  /**
   * The runs that the figures are of: all finished ones; where none finished, the unfinished ones if they stopped after the same number of
   * epochs. Empty where there is nothing to report.
   */
  readonly reported: readonly RunSummary[];
  /** Whether `reported` are finished runs. */
  readonly complete: boolean;
  readonly top1?: Statistic;
  readonly top5?: Statistic;
  readonly loss?: Statistic;
  readonly imagesPerSecond?: Statistic;
}

/** What an operator's results may be compared within: same data, architecture, backend and epochs. */
export interface Setting {
  readonly data: RunData;
  readonly architecture: string;
  readonly backend: string;
  readonly epochsPlanned: number;
  readonly results: readonly OperatorResult[];
}

/** Settings that were measured on the same data. */
export interface DataGroup {
  readonly data: RunData;
  readonly settings: readonly Setting[];
}

/** All runs of a report, arranged for comparison: only what was measured on the same data stands side by side. */
export interface Results {
  readonly groups: readonly DataGroup[];
  /** In order of colour: the baseline first, then as the runs come. */
  readonly operators: readonly string[];
  /** What the others are compared with: 'conv' where it ran, the first operator otherwise. Absent without runs. */
  readonly baseline?: string;
}

const BASELINE = 'conv';

/** Items by key, keys in order of first appearance. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  return [...groups.values()];
}

function dataKey(run: RunSummary): string {
  const {dataset, trainData, testData, trainImages, testImages} = run;
  return JSON.stringify([
    dataset,
    [trainData.kind, trainData.label],
    [testData.kind, testData.label],
    trainImages,
    testImages,
    run.numClasses ?? null,
  ]);
}

function reportedRuns(runs: readonly RunSummary[]): {reported: readonly RunSummary[]; complete: boolean} {
  const finished = runs.filter(({status, final}) => status === 'finished' && final !== undefined);
  if (finished.length > 0) {
    return {reported: finished, complete: true};
  }
  const stopped = runs.filter(({final}) => final !== undefined);
  const lengths = new Set(stopped.map(({epochs}) => epochs.length));
  return {reported: lengths.size === 1 ? stopped : [], complete: false};
}

function operatorResult(operator: string, runs: readonly RunSummary[], runId?: string): OperatorResult {
  const {reported, complete} = reportedRuns(runs);
  const finals = reported.flatMap(({final}) => (final ? [final] : []));
  return {
    operator,
    runId,
    runs,
    reported,
    complete,
    top1: statisticOf(finals.map(({top1}) => top1)),
    top5: statisticOf(finals.map(({top5}) => top5)),
    loss: statisticOf(finals.map(({loss}) => loss)),
    imagesPerSecond: statisticOf(finals.map(({imagesPerSecond}) => imagesPerSecond)),
  };
}

/** What tells a run's line and row from the others: its operator, and its recipe and experiment where there are several. */
export type SeriesOf = (run: RunSummary) => string;

/** What runs have in common that may be compared. */
function settingKey(run: RunSummary): string {
  return JSON.stringify([dataKey(run), run.architecture, run.backend, run.epochsPlanned]);
}

export function seriesOf(runs: readonly RunSummary[]): SeriesOf {
  const hasRecipes = new Set(runs.map(({recipe}) => recipe?.name)).size > 1;
  // Of experiments that are told apart by the setting, such as the backend, the label would say nothing new.
  const hasParts = groupBy(runs, settingKey).some((own) => new Set(own.map(({part}) => part)).size > 1);
  return ({operator, recipe, part}) =>
    [
      operator,
      ...(hasRecipes ? [recipe?.name ?? 'no recipe'] : []),
      ...(hasParts && part !== undefined ? [part] : []),
    ].join(', ');
}

function operatorResults(
  runs: readonly RunSummary[],
  operators: readonly string[],
  nameOf: SeriesOf,
): readonly OperatorResult[] {
  return operators.flatMap((operator) => {
    const own = runs.filter((run) => nameOf(run) === operator);
    if (own.length === 0) {
      return [];
    }
    const seedsDiffer = new Set(own.map(({seed}) => seed)).size === own.length;
    return seedsDiffer ? [operatorResult(operator, own)] : own.map((run) => operatorResult(operator, [run], run.id));
  });
}

/** Sorts an experiment's runs into what may be compared and averaged. */
export function resultsOf(summary: Pick<ExperimentSummary, 'runs'>): Results {
  const nameOf = seriesOf(summary.runs);
  const names = [...new Set(summary.runs.map(nameOf))];
  const first = summary.runs.find(({operator}) => operator === BASELINE) ?? summary.runs[0];
  const baseline = first === undefined ? undefined : nameOf(first);
  const operators = baseline === undefined ? [] : [baseline, ...names.filter((name) => name !== baseline)];
  const groups = groupBy(summary.runs, dataKey).map((runsOfData): DataGroup => {
    return {
      data: runsOfData[0],
      settings: groupBy(runsOfData, settingKey).map((runs): Setting => {
        const {architecture, backend, epochsPlanned} = runs[0];
        return {data: runs[0], architecture, backend, epochsPlanned, results: operatorResults(runs, operators, nameOf)};
      }),
    };
  });
  return {groups, operators, baseline};
}

/** 'addernet-cifar', or 'addernet-cifar with other epochs, batchSize'; the whole settings are in the configuration. */
function recipeText({recipe}: RunSummary): string | undefined {
  if (recipe === undefined || recipe.changed.length === 0) return recipe?.name;
  return `${recipe.name} with other ${recipe.changed.join(', ')}`;
}

/** The recipes of all runs, each once. */
export function recipeTexts(runs: readonly RunSummary[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => recipeText(run) ?? []))];
}

/** The operator's name, told apart by the run's where seeds repeat. */
export function resultName({operator, runId}: OperatorResult): string {
  return runId === undefined ? operator : `${operator} (${runId})`;
}

/** What is drawn in a colour of its own: mostly the operators, baseline first. */
export function seriesNames({groups, operators}: Results): readonly string[] {
  const all = groups.flatMap(({settings}) => settings.flatMap(({results}) => results));
  const ordered = operators.flatMap((operator) => all.filter((result) => result.operator === operator));
  return [...new Set(ordered.map(resultName))];
}

/** '10', '3 of 10', '3–5 of 10' epochs done, over a result's reported runs (all its runs where none is reported). */
export function epochsText(result: OperatorResult, planned: number): string {
  const runs = result.reported.length > 0 ? result.reported : result.runs;
  const done = runs.map(({epochs}) => epochs.length);
  const [least, most] = [Math.min(...done), Math.max(...done)];
  if (least === planned && most === planned) {
    return `${planned}`;
  }
  return `${least === most ? least : `${least}–${most}`} of ${planned}`;
}

/** 'finished', or e.g. '2 finished, 1 failed'. */
export function statusText(runs: readonly RunSummary[]): string {
  const order: readonly RunStatus[] = ['finished', 'diverged', 'interrupted', 'failed'];
  const counts = order.map((status) => ({status, count: runs.filter((run) => run.status === status).length}));
  const present = counts.filter(({count}) => count > 0);
  return runs.length === 1
    ? present.map(({status}) => status).join('')
    : present.map(({status, count}) => (count === runs.length ? `all ${status}` : `${count} ${status}`)).join(', ');
}

/** Seeds of the runs that the figures are of. */
export function seedsText(result: OperatorResult): string {
  const runs = result.reported.length > 0 ? result.reported : result.runs;
  return runs.map(({seed}) => seed).join(', ');
}
