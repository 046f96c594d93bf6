// SPDX-License-Identifier: Apache-2.0
import type {ExperimentStatus, ExperimentSummary, InferencePart, RunSummary} from '@addernet/plugin';
import type {Container} from 'inversify';
import {configRecord} from '../config/recipes.js';
import {listBound, lookup} from '../container.js';
import {InterruptedError} from '../errors.js';
import {measureTrained} from '../inference/measure-trained.js';
import type {RunListener} from '../listener.js';
import {machineOrNote} from '../machine/measure-machine.js';
import {MetricsFiles} from '../run-folder/metrics-files.js';
import {readRecords} from '../run-folder/run-records.js';
import type {RunFolder} from '../run-folder/run-folder.js';
import {writeReports} from '../run-folder/write-reports.js';
import {secondsSince, stopIfAborted} from '../training/pause.js';
import type {ExperimentRecord} from './experiment-record.js';
import {loadData, type LoadedData} from './load-data.js';
import {chooseLauncher} from '../launch/choose-launcher.js';
import {launchRuns} from '../launch/launch-runs.js';
import {isDone} from './is-done.js';
import {matrix, type Cell} from './matrix.js';
import {runOne} from './run-one.js';
import type {ExperimentResult, RunExperimentOptions} from './types.js';

export interface ExecuteRunsOptions {
  readonly record: ExperimentRecord;
  /** Name of the backend; started. */
  readonly backend: string;
  /** Threads that its kernels use. */
  readonly threads: number;
  readonly environment: Readonly<Record<string, string>>;
  /** With the plugins. */
  readonly container: Container;
  /** Locked by this process. */
  readonly folder: RunFolder;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  /** Needed where the configuration asks for a launcher. */
  readonly workerCommand?: RunExperimentOptions['workerCommand'];
  /** What an earlier process left: finished runs are taken over, the others go on where they are. */
  readonly previous?: Pick<ExperimentSummary, 'seconds' | 'runs' | 'machine' | 'inference'>;
}

function statusOf(runs: readonly RunSummary[], interrupted: boolean): ExperimentStatus {
  if (interrupted || runs.some((run) => run.status === 'interrupted')) return 'interrupted';
  return runs.some((run) => run.status === 'failed') ? 'failed' : 'finished';
}

/** Whether inference is to be measured: where an earlier process did not, or not to the end, and where further runs have been done since. */
const isMissing = (inference: readonly InferencePart[], runsDone: number): boolean =>
  runsDone > 0 || inference.length === 0 || inference.some(({summary}) => summary.status === 'interrupted');

/**
 * Does the runs of an experiment and makes its reports.
 *
 * @throws OutputFolderError if the folder cannot be written; what was written stays
 * @throws ResumeError, WeightsMismatchError if a run that is to be gone on with has other data or another model
 * @throws the dataset's error where a dataset cannot be loaded
 */
export async function executeRuns(options: ExecuteRunsOptions): Promise<ExperimentResult> {
  const {record, backend, threads, environment, container, folder, listener, signal, previous} = options;
  const start = secondsSince(previous?.seconds ?? 0);
  const metrics = new MetricsFiles(folder);
  if (previous === undefined) await metrics.begin();
  const [{config}] = record.trainings;
  const configuration = configRecord(record.trainings);
  const cells = matrix(config, record.trainings);
  const notes = [...record.notes];
  if (record.resumed > 0)
    notes.push(`Stopped and resumed ${record.resumed === 1 ? 'once' : `${record.resumed} times`}.`);
  /** The matrix's runs as far as they are known; a killed process leaves those of its predecessors too. */
  const known = new Map<string, RunSummary>(previous?.runs.map((run) => [run.id, run]));
  const machine =
    previous?.machine ??
    (config.measureMachine
      ? await machineOrNote(
          {
            operators: config.operators.map((name) => lookup(container, 'operator', name)),
            ...(signal === undefined ? {} : {signal}),
          },
          (note) => {
            notes.push(note);
            listener?.onNotice?.(note);
          },
        )
      : undefined);
  let inference: readonly InferencePart[] = previous?.inference ?? [];
  const summarise = (): ExperimentSummary => ({
    name: record.name,
    description: record.description,
    startedAt: record.startedAt,
    seconds: secondsSince(start),
    notes,
    config: configuration,
    environment,
    ...(machine === undefined ? {} : {machine}),
    ...(inference.length === 0 ? {} : {inference}),
    runs: cells.flatMap((cell) => known.get(cell.id) ?? []),
  });
  const noteRun = async (run: RunSummary): Promise<void> => {
    known.set(run.id, run);
    await folder.writeJson('summary.json', summarise());
  };
  const onNote = (note: string): void => {
    notes.push(note);
    listener?.onNotice?.(note);
  };
  listener?.onExperimentStart?.({
    name: record.name,
    folder: folder.folder,
    backend,
    threads,
    runs: cells.length,
    concurrency: config.concurrency,
    config,
  });

  // All data first: what is missing shows before the first run rather than after it.
  const loaded = new Map<string, LoadedData>();
  let interrupted = false;
  try {
    for (const name of config.datasets) {
      const data = await loadData(lookup(container, 'dataset', name), {
        config,
        ...(record.dataRoot === undefined ? {} : {root: record.dataRoot}),
        ...(listener === undefined ? {} : {listener}),
        ...(signal === undefined ? {} : {signal}),
      });
      loaded.set(name, data);
      data.notes.forEach(onNote);
    }
    stopIfAborted(signal);
  } catch (error) {
    if (!(error instanceof InterruptedError) && signal?.aborted !== true) {
      if (previous === undefined) await folder.discard();
      throw error;
    }
    interrupted = true;
  }

  const open: {readonly index: number; readonly cell: Cell; readonly data: LoadedData}[] = [];
  for (const [index, cell] of cells.entries()) {
    const data = loaded.get(cell.dataset);
    const before = known.get(cell.id);
    if (before !== undefined) await metrics.set({...before, dataLabel: before.trainData.label}, before.epochs);
    if (data !== undefined && !(before !== undefined && isDone(before))) open.push({index, cell, data});
  }
  const launcher = chooseLauncher(config, container);
  if (interrupted) {
    // Nothing is begun.
  } else if (launcher !== undefined && options.workerCommand !== undefined) {
    await launchRuns({
      launcher,
      concurrency: config.concurrency,
      cells: open,
      folder,
      backend,
      command: options.workerCommand,
      listener: {...listener, onNotice: onNote},
      signal: signal ?? new AbortController().signal,
      onRunEnd: async (run) => {
        await metrics.set({...run, dataLabel: run.trainData.label}, run.epochs);
        await noteRun(run);
        listener?.onRunEnd?.(run);
      },
    });
  } else {
    for (const {index, cell, data} of open) {
      if (signal?.aborted === true) break;
      const before = known.get(cell.id);
      const run = await runOne({
        cell,
        index,
        total: cells.length,
        data,
        architecture: lookup(container, 'architecture', cell.architecture),
        operator: lookup(container, 'operator', cell.operator),
        operators: listBound(container, 'operator'),
        backend,
        experiment: record.name,
        trackers: config.trackers.map((name) => lookup(container, 'tracker', name)),
        folder,
        metrics,
        onNote,
        ...(listener === undefined ? {} : {listener}),
        ...(signal === undefined ? {} : {signal}),
        ...(previous === undefined ? {} : {resume: before === undefined ? {} : {previous: before}}),
        onProgress: noteRun,
      });
      await noteRun(run);
      listener?.onRunEnd?.(run);
      if (run.status === 'interrupted') break;
    }
  }

  const runs = summarise().runs;
  if (config.measureInference && !interrupted && signal?.aborted !== true && isMissing(inference, open.length)) {
    inference = await measureTrained({
      runs: cells.flatMap((cell) => {
        const [run, data] = [known.get(cell.id), loaded.get(cell.dataset)];
        if (run?.status !== 'finished' || data === undefined) return [];
        return [{run, imageShape: data.train.imageShape, batchSize: cell.training.config.batchSize}];
      }),
      folder: folder.folder,
      experiment: {name: record.name, environment},
      container,
      backend: lookup(container, 'backend', backend),
      threads,
      ...(machine === undefined ? {} : {machine}),
      ...(listener === undefined ? {} : {listener}),
      ...(signal === undefined ? {} : {signal}),
    });
    await folder.writeJson('summary.json', summarise());
  }
  const isStopped =
    interrupted || runs.length < cells.length || inference.some(({summary}) => summary.status === 'interrupted');
  const status = statusOf(runs, isStopped);
  if (status === 'interrupted') {
    const finished = runs.filter(isDone).length;
    notes.push(`Interrupted: ${finished} of ${cells.length} runs finished.`);
  }
  const records = await readRecords(folder.folder, cells, onNote);
  const reports = await writeReports(container, folder, (reporter) => reporter.render(summarise(), records), onNote);
  const summary = summarise();
  await folder.writeJson('summary.json', summary);
  listener?.onExperimentEnd?.(summary);
  const others = folder.files.filter((file) => !reports.includes(file));
  return {folder: folder.folder, summary, status, files: [...others, ...reports]};
}
