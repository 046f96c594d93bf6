// SPDX-License-Identifier: Apache-2.0
import {availableParallelism} from 'node:os';
import path from 'node:path';
import type {RunSummary, ThreadCount} from '@addernet/plugin';
import type {Container} from 'inversify';
import {chooseBackend, startBackend} from '../backend.js';
import type {ExperimentConfig} from '../config/schema.js';
import {listBound, lookup} from '../container.js';
import {UnknownNameError} from '../errors.js';
import {loadData} from '../experiment/load-data.js';
import {matrix} from '../experiment/matrix.js';
import {runOne} from '../experiment/run-one.js';
import type {RunListener} from '../listener.js';
import {loadPlugins, type LoadPluginsOptions} from '../plugins/load-plugins.js';
import {RunFolderLock} from '../run-folder/lock.js';
import {readBeginning, readJsonIfThere} from '../run-folder/read-run-folder.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {runSummarySchema} from '../run-folder/summary-schema.js';
import {suggest} from '../suggest.js';

/** What `runCell` takes. */
export interface RunCellOptions {
  /** The experiment's run folder. */
  readonly folder: string;
  /** The run's id. */
  readonly run: string;
  /** As for `runExperiment`. */
  readonly container: Container;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  readonly importModule?: LoadPluginsOptions['importModule'];
}

/** What a process that does one run leaves besides the run's other files: its RunSummary. */
export const runFile = (run: string): string => `${run}/run.json`;

/**
 * Does one run of an experiment that another process began: for launchers. Goes on where the run's newest checkpoint is, and writes
 * `<run>/run.json` after every epoch and at the end.
 *
 * @throws RunFolderLockedError while another process does this run
 * @throws UnknownNameError if the experiment has no such run
 * @throws ResumeError if the folder is no run folder, or has other data or another model
 * @throws BackendUnavailableError, PluginError, OutputFolderError and the dataset's errors
 */
export async function runCell(options: RunCellOptions): Promise<RunSummary> {
  const {container, listener, signal, importModule} = options;
  const folder = await RunFolder.openShared(options.folder);
  const {record, environment} = await readBeginning(folder.folder);
  const [{config}] = record.trainings;
  const cells = matrix(config, record.trainings);
  const index = cells.findIndex(({id}) => id === options.run);
  const cell = cells[index];
  if (cell === undefined) {
    const ids = cells.map(({id}) => id);
    throw new UnknownNameError('run', options.run, ids, suggest(options.run, ids));
  }
  await folder.makeFolder(cell.id);
  const lock = await RunFolderLock.acquire(path.join(folder.folder, cell.id));
  try {
    const previous = await readJsonIfThere(folder.folder, runFile(cell.id), runSummarySchema);
    await loadPlugins(container, record.plugins, record.pluginFolder, {
      workingFolder: record.workingFolder,
      ...(importModule === undefined ? {} : {importModule}),
    });
    const provider = await chooseBackend(container, environment.backend ?? config.backend);
    await startBackend(provider, threadsOf(config));
    const data = await loadData(lookup(container, 'dataset', cell.dataset), {
      config,
      ...(record.dataRoot === undefined ? {} : {root: record.dataRoot}),
      ...(signal === undefined ? {} : {signal}),
    });
    const write = (summary: RunSummary): Promise<void> => folder.writeJson(runFile(cell.id), summary);
    const summary = await runOne({
      cell,
      index,
      total: cells.length,
      data,
      architecture: lookup(container, 'architecture', cell.architecture),
      operator: lookup(container, 'operator', cell.operator),
      operators: listBound(container, 'operator'),
      backend: provider.name,
      experiment: record.name,
      trackers: config.trackers.map((name) => lookup(container, 'tracker', name)),
      folder,
      ...(listener === undefined ? {} : {listener}),
      ...(signal === undefined ? {} : {signal}),
      onNote: (note) => listener?.onNotice?.(note),
      resume: previous === undefined ? {} : {previous},
      onProgress: write,
    });
    await write(summary);
    return summary;
  } finally {
    await lock.release();
  }
}

/** Runs that are done on one machine at a time share its processors. */
function threadsOf({threads, launcher, concurrency}: ExperimentConfig): ThreadCount {
  if (threads !== 'auto' || concurrency === 1 || (launcher !== 'auto' && launcher !== 'local')) return threads;
  return Math.max(1, Math.floor(availableParallelism() / concurrency));
}
