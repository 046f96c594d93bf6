// SPDX-License-Identifier: Apache-2.0
import {availableParallelism, loadavg} from 'node:os';
import path from 'node:path';
import type {InferenceSummary, ExperimentStatus} from '@addernet/plugin';
import {listBound, lookup} from '../container.js';
import {InterruptedError} from '../errors.js';
import type {RunExperimentOptions} from '../experiment/types.js';
import {loadPlugins} from '../plugins/load-plugins.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {writeReports} from '../run-folder/write-reports.js';
import {secondsSince} from '../training/pause.js';
import {chooseBackends, describeBackends} from './backends.js';
import {resolveInference, type InferenceDefinition} from './definition.js';
import {MeasurementFiles} from './files.js';
import {measureAll, type Collected} from './measure-all.js';

/** What `runInference` takes: what `runExperiment` does, as far as it trains nothing and reads no data. */
export interface RunInferenceOptions extends Omit<
  RunExperimentOptions,
  'definition' | 'signal' | 'dataRoot' | 'workerCommand'
> {
  readonly definition: InferenceDefinition;
  /** Stops between two samples; what was measured is kept, and the files are finished with status 'interrupted'. */
  readonly signal?: AbortSignal;
}

/** What an experiment that measures inference left. */
export interface InferenceResult {
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly summary: InferenceSummary;
  readonly status: ExperimentStatus;
  /** Absolute paths of the files written, the reports last. */
  readonly files: readonly string[];
}

/** Above this load average other programs took a share of the processor that shows. */
const BUSY_LOAD = 0.5;

/**
 * Measures what inference takes: for every backend, architecture and batch size all operators' models in their forms, one after the other in
 * interleaved rounds, and then every kind of layer that they have. Results go into a folder of their own, after every comparison.
 *
 * A comparison that fails (out of memory, say) leaves a note and does not keep the others from being made. Once the signal is aborted the work
 * stops between two samples, and what was measured is reported.
 *
 * @throws ConfigError, UnknownNameError, DuplicateNameError, PluginError, BackendUnavailableError before anything is written
 * @throws OutputFolderError if the output folder cannot be written; what was written stays
 */
export async function runInference(options: RunInferenceOptions): Promise<InferenceResult> {
  const {definition, file, variant, overrides, container, listener, signal, importModule} = options;
  const workingFolder = path.resolve(options.workingFolder ?? process.cwd());
  const baseFolder = file === undefined ? workingFolder : path.dirname(path.resolve(file));
  const config = resolveInference(definition, {
    ...(variant === undefined ? {} : {variant}),
    ...(overrides === undefined ? {} : {overrides}),
    ...(file === undefined ? {} : {file}),
  });
  await loadPlugins(container, [...(definition.plugins ?? []), ...config.plugins], baseFolder, {
    workingFolder,
    ...(importModule === undefined ? {} : {importModule}),
  });
  const backends = await chooseBackends(container, config.backends);
  const architectures = config.architectures.map((name) => lookup(container, 'architecture', name));
  const operators = config.operators.map((name) => lookup(container, 'operator', name));
  const startedAt = new Date();
  const start = secondsSince(0);
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    listener?.onNotice?.(text);
  };
  const [load = 0] = loadavg();
  if (load > BUSY_LOAD) {
    note(
      `The machine was not idle: load average ${load.toFixed(1)} on ${availableParallelism()} cores at the beginning. Times are too long, by different ` +
        'amounts; ratios are of neighbouring samples and hold better.',
    );
  }
  const environment = {
    ...(await describeBackends(backends, config.threads, baseFolder, (text) => listener?.onNotice?.(text))),
    ...(variant === undefined ? {} : {variant}),
    'load.average': load.toFixed(2),
    ...options.environment,
  };
  const folder = await RunFolder.create({
    output: path.resolve(workingFolder, config.output),
    name: definition.name,
    startedAt,
  });
  const collected: Collected = {machines: [], models: [], modelMeasurements: [], layerMeasurements: []};
  const files = new MeasurementFiles(folder);
  const summarise = (status: ExperimentStatus): InferenceSummary => ({
    kind: 'inference',
    name: definition.name,
    description: definition.description,
    status,
    startedAt: startedAt.toISOString(),
    seconds: secondsSince(start),
    notes,
    config,
    environment,
    ...collected,
  });
  try {
    await folder.writeJson('config.json', config);
    await folder.writeJson('environment.json', environment);
    await files.begin();
    listener?.onInferenceStart?.({
      name: definition.name,
      folder: folder.folder,
      backends: backends.map(({name}) => name),
    });
    let status: ExperimentStatus = 'finished';
    try {
      const failures = await measureAll(collected, {
        config,
        backends,
        architectures,
        operators,
        known: listBound(container, 'operator'),
        ...(listener === undefined ? {} : {listener}),
        ...(signal === undefined ? {} : {signal}),
        note,
        onMeasured: async (added) => {
          await files.add(added);
          // A process killed from here on leaves what was measured.
          await folder.writeJson('summary.json', summarise('interrupted'));
        },
      });
      if (failures.length > 0) status = 'failed';
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      status = 'interrupted';
      note('Interrupted: what is here was measured before.');
    }
    const summary = summarise(status);
    const reports = await writeReports(container, folder, (reporter) => reporter.renderInference?.(summary), note);
    await folder.writeJson('summary.json', summary);
    listener?.onInferenceEnd?.(summary);
    return {
      folder: folder.folder,
      summary,
      status,
      files: [...folder.files.filter((name) => !reports.includes(name)), ...reports],
    };
  } finally {
    await folder.close();
  }
}
