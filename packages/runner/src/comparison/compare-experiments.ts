// SPDX-License-Identifier: Apache-2.0
import type {
  ExperimentPart,
  ExperimentSummary,
  InferencePart,
  InferenceSummary,
  RunRecords,
  RunSummary,
} from '@addernet/plugin';
import {isRecord, leafPaths, valueAt} from '../config/values.js';

/** What the folder of an experiment that trained has of its results. */
export interface ExperimentResults {
  /** By which a comparison calls it: the folder's name. */
  readonly folder: string;
  readonly summary: ExperimentSummary;
  /** By run id. */
  readonly records: ReadonlyMap<string, RunRecords>;
}

/** What the folder of an experiment that measured inference has. */
export interface MeasuredResults {
  /** The folder's name. */
  readonly folder: string;
  readonly summary: InferenceSummary;
}

/** Fields of a configuration that no run's numbers depend on, or that stand in the runs themselves. */
const INDIFFERENT_FIELDS = [
  'datasets',
  'architectures',
  'operators',
  'seeds',
  'output',
  'plugins',
  'launcher',
  'concurrency',
  'threads',
  'checkpoints',
  'evaluation',
  'tracking',
  'featureImages',
  'measureMachine',
  'measureInference',
];
/** Entries of an environment that say nothing of how the numbers came about, or differ at every start. */
const INDIFFERENT_ENTRIES = /^(command|variant|memory|cores\.available|resumed\..*)$/u;

/** Runs of experiments that agree in it differ in nothing but what the runs say of themselves. */
function fingerprint({config, environment}: ExperimentSummary): string {
  const fields = leafPaths(config)
    .filter((path) => !INDIFFERENT_FIELDS.includes(path.split('.')[0] ?? path))
    .map((path) => [path, valueAt(config, path.split('.'))]);
  const entries = Object.entries(environment).filter(([name]) => !INDIFFERENT_ENTRIES.test(name));
  return JSON.stringify([fields.toSorted(byName), entries.toSorted(byName)]);
}

const byName = ([first]: readonly unknown[], [second]: readonly unknown[]): number =>
  String(first) < String(second) ? -1 : String(first) > String(second) ? 1 : 0;

/** 'A' … 'Z', 'AA' … */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Folders' names, told apart by a number where two are alike. */
function differentNames(results: readonly {readonly folder: string}[]): readonly string[] {
  const counts = new Map<string, number>();
  return results.map(({folder}) => {
    const count = (counts.get(folder) ?? 0) + 1;
    counts.set(folder, count);
    return count === 1 ? folder : `${folder} (${count})`;
  });
}

/** What all have in common. */
function commonEntries(environments: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first = {}, ...others] = environments;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((environment) => environment[name] === value)),
  );
}

/** An experiment's results with measurements of inference from elsewhere. */
export function withInference<T extends Pick<ExperimentResults, 'summary'>>(
  results: T,
  measured: readonly MeasuredResults[],
): T {
  const {summary} = results;
  const names = differentNames(measured);
  const parts = measured.map((each, index): InferencePart => ({folder: names[index] ?? '', summary: each.summary}));
  const inference = [...(summary.inference ?? []), ...parts];
  return inference.length === 0 ? results : {...results, summary: {...summary, inference}};
}

/**
 * Several experiments as one, for reporters. Runs get the experiment's folder before their ids. Experiments with the same settings of training and
 * the same environment get one label: their runs may be averaged over seeds; those of others may not, and stand side by side.
 */
export function compareExperiments(experiments: readonly ExperimentResults[]): Omit<ExperimentResults, 'folder'> {
  const names = differentNames(experiments);
  const labels = new Map<string, string>();
  for (const {summary} of experiments) {
    const key = fingerprint(summary);
    if (!labels.has(key)) labels.set(key, letters(labels.size));
  }
  const records = new Map<string, RunRecords>();
  const runs: RunSummary[] = [];
  const parts = experiments.map(({summary, records: own}, index): ExperimentPart => {
    const folder = names[index] ?? '';
    const label = labels.get(fingerprint(summary)) ?? '';
    for (const run of summary.runs) {
      const id = `${folder}/${run.id}`;
      runs.push({...run, id, part: label});
      const recorded = own.get(run.id);
      if (recorded !== undefined) records.set(id, recorded);
    }
    const {name, startedAt, seconds, config, environment} = summary;
    return {label, folder, name, startedAt, seconds, config, environment, runs: summary.runs.length};
  });
  const inference = experiments.flatMap(({summary}, index) =>
    (summary.inference ?? []).map((part): InferencePart => ({...part, folder: part.folder ?? names[index] ?? ''})),
  );
  const summaries = experiments.map(({summary}) => summary);
  const machines = new Set(summaries.map(({machine}) => JSON.stringify(machine)));
  const [first] = summaries;
  const summary: ExperimentSummary = {
    name: 'comparison',
    description: `Comparison of ${experiments.length} experiments.`,
    startedAt: summaries.map(({startedAt}) => startedAt).toSorted()[0] ?? '',
    seconds: summaries.reduce((sum, {seconds}) => sum + seconds, 0),
    notes: summaries.flatMap(({notes}, index) => notes.map((note) => `${names[index] ?? ''}: ${note}`)),
    config: Object.fromEntries(parts.map(({folder, config}) => [folder, isRecord(config) ? config : null])),
    environment: commonEntries(summaries.map(({environment}) => environment)),
    // The rates of one machine are no roofs for the runs of another.
    ...(machines.size === 1 && first?.machine !== undefined ? {machine: first.machine} : {}),
    ...(inference.length === 0 ? {} : {inference}),
    parts,
    runs,
  };
  return {summary, records};
}
