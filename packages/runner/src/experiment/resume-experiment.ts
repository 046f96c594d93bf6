// SPDX-License-Identifier: Apache-2.0
import type {BackendProvider, ThreadCount} from '@addernet/plugin';
import type {Container} from 'inversify';
import {chooseBackend, startBackend} from '../backend.js';
import {lookup} from '../container.js';
import {ResumeError} from '../errors.js';
import type {RunListener} from '../listener.js';
import {loadPlugins, type LoadPluginsOptions} from '../plugins/load-plugins.js';
import {describeEnvironment} from '../run-folder/environment.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {readBeginning, readJsonIfThere} from '../run-folder/read-run-folder.js';
import {experimentSummarySchema} from '../run-folder/summary-schema.js';
import {executeRuns} from './execute-runs.js';
import type {ExperimentRecord} from './experiment-record.js';
import type {ExperimentResult, RunExperimentOptions} from './types.js';

/** What `resumeExperiment` takes. */
export interface ResumeExperimentOptions {
  /** The run folder. */
  readonly folder: string;
  /** As for `runExperiment`. */
  readonly container: Container;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  /** Instead of the folder that the experiment was begun with. */
  readonly dataRoot?: string;
  /** Instead of the number of threads that the experiment was begun with. */
  readonly threads?: ThreadCount;
  readonly environment?: Readonly<Record<string, string>>;
  /** Go on although packages have other versions than those that the experiment was begun with. Default false. */
  readonly ignoreVersions?: boolean;
  readonly importModule?: LoadPluginsOptions['importModule'];
  readonly workerCommand?: RunExperimentOptions['workerCommand'];
}

const PACKAGE = /^@(addernet|tensorflow)\//;

/** Versions that differ, and the kernel package if that does. */
function versionDifferences(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  return Object.keys(then)
    .filter((key) => (PACKAGE.test(key) || key === 'backend.kernels') && now[key] !== then[key])
    .map((key) => `${key} was ${then[key] ?? ''} and is ${now[key] ?? 'not there'}`);
}

/**
 * Goes on with an experiment that was interrupted, killed, or of which a run failed: finished runs are taken over, the others go on where their
 * newest checkpoint is (from the start where there is none). It ends with the same weights and, times apart, the same metrics as an experiment
 * that was never stopped.
 *
 * @throws ResumeError if the folder is no run folder, or is of another version, backend, data or model; the differences are named
 * @throws RunFolderLockedError while another process works in it
 * @throws BackendUnavailableError if the backend that it was begun on cannot start
 * @throws OutputFolderError if the folder cannot be written
 */
export async function resumeExperiment(options: ResumeExperimentOptions): Promise<ExperimentResult> {
  const {container, listener, signal, importModule} = options;
  const folder = await RunFolder.open(options.folder);
  try {
    const {record, environment: then} = await readBeginning(folder.folder);
    const [{config}] = record.trainings;
    const previous = await readJsonIfThere(folder.folder, 'summary.json', experimentSummarySchema);
    await loadPlugins(container, record.plugins, record.pluginFolder, {
      workingFolder: record.workingFolder,
      ...(importModule === undefined ? {} : {importModule}),
    });
    const provider: BackendProvider = await chooseBackend(container, then.backend ?? config.backend);
    for (const name of config.datasets) lookup(container, 'dataset', name);
    for (const name of config.architectures) lookup(container, 'architecture', name);
    for (const name of config.operators) lookup(container, 'operator', name);
    for (const name of config.trackers) lookup(container, 'tracker', name);
    const threads = await startBackend(provider, options.threads ?? config.threads, (note) =>
      listener?.onNotice?.(note),
    );
    const now = await describeEnvironment({
      provider,
      folder: record.pluginFolder,
      further: {...(then.variant === undefined ? {} : {variant: then.variant}), ...options.environment},
    });
    const differences = versionDifferences(then, now);
    if (differences.length > 0 && options.ignoreVersions !== true) {
      throw new ResumeError(
        folder.folder,
        `begun with other versions: ${differences.join('; ')}. The numbers may differ from those of one uninterrupted run; ` +
          'say that this is wanted (--ignore-versions), or install the versions of then',
      );
    }
    const resumed: ExperimentRecord = {
      ...record,
      resumed: record.resumed + 1,
      notes: [
        ...record.notes,
        ...differences
          .map((difference) => `Resumed with another version: ${difference}.`)
          .filter((note) => !record.notes.includes(note)),
      ],
      ...(options.dataRoot === undefined ? {} : {dataRoot: options.dataRoot}),
    };
    await folder.writeJson('experiment.json', resumed);
    // What the numbers come from is what they began with; the last process adds itself.
    const environment = {
      ...then,
      'resumed.command': now.command ?? '',
      'resumed.git.commit': now['git.commit'] ?? '',
      'resumed.backend.threads': String(threads),
    };
    await folder.writeJson('environment.json', environment);
    return await executeRuns({
      record: resumed,
      backend: provider.name,
      threads,
      environment,
      container,
      folder,
      ...(options.workerCommand === undefined ? {} : {workerCommand: options.workerCommand}),
      previous: previous ?? {seconds: 0, runs: []},
      ...(listener === undefined ? {} : {listener}),
      ...(signal === undefined ? {} : {signal}),
    });
  } finally {
    await folder.close();
  }
}
