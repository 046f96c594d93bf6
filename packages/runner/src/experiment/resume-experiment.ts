// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {BackendProvider} from '@addernet/plugin';
import type {Container} from 'inversify';
import {z} from 'zod';
import {chooseBackend, startBackend} from '../backend.js';
import {experimentConfigSchema} from '../config/schema.js';
import {lookup} from '../container.js';
import {ResumeError, errorCode, errorText} from '../errors.js';
import type {RunListener} from '../listener.js';
import {loadPlugins, type LoadPluginsOptions} from '../plugins/load-plugins.js';
import {describeEnvironment} from '../run-folder/environment.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {experimentSummarySchema} from '../run-folder/summary-schema.js';
import {executeRuns} from './execute-runs.js';
import {EXPERIMENT_VERSION, experimentRecordSchema, type ExperimentRecord} from './experiment-record.js';
import type {ExperimentResult} from './types.js';

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
  readonly environment?: Readonly<Record<string, string>>;
  /** Go on although packages have other versions than those that the experiment was begun with. Default false. */
  readonly ignoreVersions?: boolean;
  readonly importModule?: LoadPluginsOptions['importModule'];
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(path.join(folder, name), 'utf8');
  } catch (error) {
    throw new ResumeError(
      folder,
      errorCode(error) === 'ENOENT'
        ? `has no ${name}; expected a folder that \`addernet run\` made`
        : `${name} cannot be read: ${errorText(error)}`,
      {cause: error},
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ResumeError(folder, `${name} is not JSON, or truncated (${errorText(error)})`, {cause: error});
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new ResumeError(
    folder,
    `${name} is of another version or altered: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'another form'}`,
  );
}

/** A process that is killed during the first epoch leaves no summary yet. */
async function readSummary(folder: string): Promise<z.output<typeof experimentSummarySchema> | undefined> {
  try {
    return await readJson(folder, 'summary.json', experimentSummarySchema);
  } catch (error) {
    if (error instanceof ResumeError && errorCode(error.cause) === 'ENOENT') return undefined;
    throw error;
  }
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
    const versionOnly = await readJson(folder.folder, 'experiment.json', z.looseObject({version: z.unknown()}));
    if (versionOnly.version !== EXPERIMENT_VERSION) {
      throw new ResumeError(
        folder.folder,
        `of form ${String(versionOnly.version)}; this version goes on with form ${EXPERIMENT_VERSION}`,
      );
    }
    const record: ExperimentRecord = await readJson(folder.folder, 'experiment.json', experimentRecordSchema);
    const config = await readJson(folder.folder, 'config.json', experimentConfigSchema);
    const then = await readJson(folder.folder, 'environment.json', z.record(z.string(), z.string()));
    const previous = await readSummary(folder.folder);
    await loadPlugins(container, record.plugins, record.pluginFolder, {
      workingFolder: record.workingFolder,
      ...(importModule === undefined ? {} : {importModule}),
    });
    const provider: BackendProvider = await chooseBackend(container, then.backend ?? config.backend);
    for (const name of config.datasets) lookup(container, 'dataset', name);
    for (const name of config.architectures) lookup(container, 'architecture', name);
    for (const name of config.operators) lookup(container, 'operator', name);
    await startBackend(provider);
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
    const environment = {...then, 'resumed.command': now.command ?? '', 'resumed.git.commit': now['git.commit'] ?? ''};
    await folder.writeJson('environment.json', environment);
    return await executeRuns({
      record: resumed,
      config,
      backend: provider.name,
      environment,
      container,
      folder,
      previous: previous ?? {seconds: 0, runs: []},
      ...(listener === undefined ? {} : {listener}),
      ...(signal === undefined ? {} : {signal}),
    });
  } finally {
    await folder.close();
  }
}
