// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {BackendProvider} from '@addernet/plugin';
import {chooseBackend, startBackend} from '../backend.js';
import {configRecord, recipeNotes, resolveTrainings, type TrainingChoice} from '../config/recipes.js';
import {resolveChoice, slowBackendEffect, type ResolveOptions} from '../config/resolve.js';
import {listBound, lookup} from '../container.js';
import {loadPlugins} from '../plugins/load-plugins.js';
import {describeEnvironment} from '../run-folder/environment.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {executeRuns} from './execute-runs.js';
import {checkLauncher} from '../launch/choose-launcher.js';
import {EXPERIMENT_VERSION, type ExperimentRecord} from './experiment-record.js';
import type {ExperimentResult, RunExperimentOptions} from './types.js';

interface Prepared {
  readonly trainings: readonly [TrainingChoice, ...TrainingChoice[]];
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
  const first = resolveChoice(definition, choice);
  await loadPlugins(container, [...(definition.plugins ?? []), ...first.plugins], baseFolder, {
    workingFolder,
    ...(importModule === undefined ? {} : {importModule}),
  });
  const provider = await chooseBackend(container, first.backend);
  const slow = provider.speed === 'slow';
  const recipes = listBound(container, 'recipe');
  const trainings = resolveTrainings(definition, recipes, {...choice, slowBackend: slow});
  const [{config}] = trainings;
  const notes = recipeNotes(definition, recipes, trainings);
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
  for (const name of config.trackers) lookup(container, 'tracker', name);
  checkLauncher(config, container, options.workerCommand);
  return {trainings, provider, notes, baseFolder, workingFolder};
}

/**
 * Runs an experiment: datasets × architectures × operators × recipes × seeds, one after the other, into a folder of its own. What was stopped or
 * killed can be gone on with by `resumeExperiment`.
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
  const {trainings, provider, notes, baseFolder, workingFolder} = await prepare(options);
  // What recipes do not decide is the same in all of them.
  const [{config}] = trainings;
  const startedAt = new Date();
  for (const note of notes) listener?.onNotice?.(note);
  const threads = await startBackend(provider, config.threads, (note) => listener?.onNotice?.(note));
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
  try {
    const record: ExperimentRecord = {
      version: EXPERIMENT_VERSION,
      name: definition.name,
      description: definition.description,
      startedAt: startedAt.toISOString(),
      plugins: [...(definition.plugins ?? []), ...config.plugins],
      pluginFolder: baseFolder,
      workingFolder,
      notes,
      ...(dataRoot === undefined ? {} : {dataRoot}),
      resumed: 0,
      trainings,
    };
    await folder.writeJson('config.json', configRecord(trainings));
    await folder.writeJson('environment.json', environment);
    await folder.writeJson('experiment.json', record);
    return await executeRuns({
      record,
      backend: provider.name,
      threads,
      environment,
      container,
      folder,
      ...(options.workerCommand === undefined ? {} : {workerCommand: options.workerCommand}),
      ...(listener === undefined ? {} : {listener}),
      ...(signal === undefined ? {} : {signal}),
    });
  } finally {
    await folder.close();
  }
}
