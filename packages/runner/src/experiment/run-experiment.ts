// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {BackendProvider, ExperimentSummary, RunStatus, RunSummary} from '@addernet/plugin';
import {chooseBackend, startBackend} from '../backend.js';
import {resolveConfig, slowBackendEffect, type ResolveOptions} from '../config/resolve.js';
import type {ExperimentConfig} from '../config/schema.js';
import {listBound, lookup} from '../container.js';
import {InterruptedError, errorText} from '../errors.js';
import {loadPlugins} from '../plugins/load-plugins.js';
import {describeEnvironment} from '../run-folder/environment.js';
import {MetricsFiles} from '../run-folder/metrics-files.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {secondsSince, stopIfAborted} from '../training/pause.js';
import {loadData, type LoadedData} from './load-data.js';
import {matrix} from './matrix.js';
import {runOne} from './run-one.js';
import type {ExperimentResult, RunExperimentOptions} from './types.js';

interface Prepared {
  readonly config: ExperimentConfig;
  readonly provider: BackendProvider;
  readonly notes: readonly string[];
  /** The experiment's folder. */
  readonly baseFolder: string;
  readonly workingFolder: string;
}

/** Everything that can be found wrong before anything is loaded or written. */
async function prepare(options: RunExperimentOptions): Promise<Prepared> {
  const {definition, file, variant, overrides, container, importModule} = options;
  const workingFolder = path.resolve(options.workingFolder ?? process.cwd());
  const baseFolder = file === undefined ? workingFolder : path.dirname(path.resolve(file));
  const choice: ResolveOptions = {
    ...(variant === undefined ? {} : {variant}),
    ...(overrides === undefined ? {} : {overrides}),
    ...(file === undefined ? {} : {file}),
  };
  const first = resolveConfig(definition, choice);
  await loadPlugins(container, [...(definition.plugins ?? []), ...first.plugins], baseFolder, {
    workingFolder,
    ...(importModule === undefined ? {} : {importModule}),
  });
  const provider = await chooseBackend(container, first.backend);
  const slow = provider.speed === 'slow';
  const config = slow ? resolveConfig(definition, {...choice, slowBackend: true}) : first;
  const notes: string[] = [];
  if (slow && definition.onSlowBackend !== undefined) {
    const {effective, overridden} = slowBackendEffect(definition, choice);
    if (effective.length > 0) {
      const otherwise =
        overridden.length === 0 ? '' : ` (Set otherwise by variant or command line: ${overridden.join(', ')}.)`;
      notes.push(definition.onSlowBackend.note + otherwise);
    }
  }
  for (const name of config.datasets) lookup(container, 'dataset', name);
  for (const name of config.architectures) lookup(container, 'architecture', name);
  for (const name of config.operators) lookup(container, 'operator', name);
  return {config, provider, notes, baseFolder, workingFolder};
}

function statusOf(runs: readonly RunSummary[], interrupted: boolean): RunStatus {
  if (interrupted || runs.some((run) => run.status === 'interrupted')) return 'interrupted';
  return runs.some((run) => run.status === 'failed') ? 'failed' : 'finished';
}

/**
 * Runs an experiment: datasets × architectures × operators × seeds, one after the other, into a folder of its own.
 *
 * A run that fails (a loss that is not finite, an architecture that cannot be built for the data) does not keep the others from running; the
 * result's status says so. When the signal is aborted the work stops within a step, and the files are finished.
 *
 * @throws ConfigError, UnknownNameError, DuplicateNameError, PluginError, BackendUnavailableError before anything is written
 * @throws OutputFolderError if the output folder cannot be written; what was written stays
 * @throws the dataset's error where a dataset cannot be loaded
 */
export async function runExperiment(options: RunExperimentOptions): Promise<ExperimentResult> {
  const {definition, variant, container, listener, signal, dataRoot} = options;
  const {config, provider, notes: choiceNotes, baseFolder, workingFolder} = await prepare(options);
  const startedAt = new Date();
  const start = secondsSince(0);
  const notes = [...choiceNotes];
  for (const note of notes) listener?.onNotice?.(note);

  await startBackend(provider);
  const environment = await describeEnvironment({
    provider,
    folder: baseFolder,
    further: {...(variant === undefined ? {} : {variant}), ...options.environment},
  });
  const folder = await RunFolder.create({
    output: path.resolve(workingFolder, config.output),
    name: definition.name,
    startedAt,
  });
  await folder.writeJson('config.json', config);
  await folder.writeJson('environment.json', environment);
  const metrics = new MetricsFiles(folder);
  await metrics.begin();

  const runs: RunSummary[] = [];
  const summarise = (current?: RunSummary): ExperimentSummary => ({
    name: definition.name,
    description: definition.description,
    startedAt: startedAt.toISOString(),
    seconds: secondsSince(start),
    notes,
    config,
    environment,
    runs: current === undefined ? [...runs] : [...runs, current],
  });
  const writeSummary = (current: RunSummary): Promise<void> => folder.writeJson('summary.json', summarise(current));

  const cells = matrix(config);
  listener?.onExperimentStart?.({
    name: definition.name,
    folder: folder.folder,
    backend: provider.name,
    runs: cells.length,
    config,
  });

  // All data first: what is missing shows before the first run rather than after it.
  const loaded = new Map<string, LoadedData>();
  let interrupted = false;
  try {
    for (const name of config.datasets) {
      const data = await loadData(lookup(container, 'dataset', name), {
        config,
        ...(dataRoot === undefined ? {} : {root: dataRoot}),
        ...(listener === undefined ? {} : {listener}),
        ...(signal === undefined ? {} : {signal}),
      });
      loaded.set(name, data);
      for (const note of data.notes) {
        notes.push(note);
        listener?.onNotice?.(note);
      }
    }
    stopIfAborted(signal);
  } catch (error) {
    if (!(error instanceof InterruptedError) && signal?.aborted !== true) {
      await folder.discard();
      throw error;
    }
    interrupted = true;
  }

  for (const [index, cell] of cells.entries()) {
    const data = loaded.get(cell.dataset);
    if (data === undefined || signal?.aborted === true) {
      interrupted = true;
      break;
    }
    const run = await runOne({
      cell,
      index,
      total: cells.length,
      data,
      architecture: lookup(container, 'architecture', cell.architecture),
      operator: lookup(container, 'operator', cell.operator),
      operators: listBound(container, 'operator'),
      backend: provider.name,
      config,
      folder,
      metrics,
      ...(listener === undefined ? {} : {listener}),
      ...(signal === undefined ? {} : {signal}),
      onProgress: writeSummary,
    });
    await writeSummary(run);
    runs.push(run);
    listener?.onRunEnd?.(run);
    if (run.status === 'interrupted') break;
  }

  const status = statusOf(runs, interrupted);
  if (status === 'interrupted') {
    const finished = runs.filter((run) => run.status === 'finished').length;
    notes.push(`Interrupted: ${finished} of ${cells.length} runs finished.`);
  }
  const reports: string[] = [];
  for (const reporter of listBound(container, 'reporter')) {
    try {
      await folder.write(reporter.fileName, await reporter.render(summarise()));
      reports.push(path.join(folder.folder, reporter.fileName));
    } catch (error) {
      // The figures are safe in their files; a report that fails must not cost them.
      const note = `The report ${reporter.fileName} could not be made: ${errorText(error)}`;
      notes.push(note);
      listener?.onNotice?.(note);
    }
  }
  const summary = summarise();
  await folder.writeJson('summary.json', summary);
  listener?.onExperimentEnd?.(summary);
  const others = folder.files.filter((file) => !reports.includes(file));
  return {folder: folder.folder, summary, status, files: [...others, ...reports]};
}
