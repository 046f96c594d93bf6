// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {FeatureMap, RunSummary} from '@addernet/plugin';
import type {Container} from 'inversify';
import {chooseBackend, startBackend} from '../backend.js';
import {lookup} from '../container.js';
import {RunnerError, UnknownNameError} from '../errors.js';
import {loadData, type LoadedData} from '../experiment/load-data.js';
import type {RunListener} from '../listener.js';
import {loadPlugins, type LoadPluginsOptions} from '../plugins/load-plugins.js';
import {readBeginning, readJson} from '../run-folder/read-run-folder.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {readRecords} from '../run-folder/run-records.js';
import {experimentSummarySchema} from '../run-folder/summary-schema.js';
import {writeReports} from '../run-folder/write-reports.js';
import {suggest} from '../suggest.js';
import {applyWeights} from '../weights/apply.js';
import {readWeights} from '../weights/read.js';
import {featureMap} from './feature-map.js';

/** What `addFeatures` takes. */
export interface AddFeaturesOptions {
  /** An experiment's run folder. */
  readonly folder: string;
  /** Ids of runs; default all that have finished an epoch. */
  readonly runs?: readonly string[];
  /** Test images to draw, of every class the same number (±1). Default 2000. */
  readonly images?: number;
  /** Default: the one that the experiment ran on. */
  readonly backend?: string;
  /** Instead of the folder that the experiment was begun with. */
  readonly dataRoot?: string;
  /** As for `runExperiment`. */
  readonly container: Container;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  readonly importModule?: LoadPluginsOptions['importModule'];
}

/** What `addFeatures` did. */
export interface AddedFeatures {
  readonly features: Readonly<Record<string, FeatureMap>>;
  /** Absolute paths of the reports, made anew. */
  readonly reports: readonly string[];
}

const DEFAULT_IMAGES = 2000;

/** An option of addFeatures outside its range. */
export class FeaturesOptionError extends RunnerError {
  constructor(message: string) {
    super('ADDERNET_FEATURES_OPTION', message);
  }
}

function chosenRuns(all: readonly RunSummary[], ids: readonly string[] | undefined): readonly RunSummary[] {
  const trained = all.filter(({epochs}) => epochs.length > 0);
  if (ids === undefined) return trained;
  const names = trained.map(({id}) => id);
  return ids.map((id) => {
    const run = trained.find((candidate) => candidate.id === id);
    if (run === undefined) throw new UnknownNameError('run', id, names, suggest(id, names));
    return run;
  });
}

/**
 * Computes the penultimate features of an experiment's runs from their saved weights, adds them to its summary.json and makes its reports anew, with
 * a picture of each.
 *
 * @throws ResumeError if the folder is no run folder; RunFolderLockedError while another process works in it
 * @throws UnknownNameError for a run that is not there or has no finished epoch
 * @throws FeaturesOptionError if there is no such run at all, or for fewer than two images
 * @throws RunnerError if the data that a run was tested on is not to be had
 * @throws WeightsFileError, WeightsMismatchError if a run's weights are missing or do not fit
 * @throws InterruptedError once the signal is aborted; nothing has been changed then
 */
export async function addFeatures(options: AddFeaturesOptions): Promise<AddedFeatures> {
  const {container, listener, signal, importModule, images = DEFAULT_IMAGES} = options;
  if (!Number.isInteger(images) || images < 2) {
    throw new FeaturesOptionError(`features: images is ${images}; expected an integer ≥ 2`);
  }
  const folder = await RunFolder.open(options.folder);
  try {
    const {record, environment} = await readBeginning(folder.folder);
    const [{config}] = record.trainings;
    const summary = await readJson(folder.folder, 'summary.json', experimentSummarySchema);
    const runs = chosenRuns(summary.runs, options.runs);
    if (runs.length === 0) {
      throw new FeaturesOptionError(
        `features: ${folder.folder} has no run that has finished an epoch; expected at least one`,
      );
    }
    await loadPlugins(container, record.plugins, record.pluginFolder, {
      workingFolder: record.workingFolder,
      ...(importModule === undefined ? {} : {importModule}),
    });
    const provider = await chooseBackend(container, options.backend ?? environment.backend ?? config.backend);
    await startBackend(provider, config.threads, (note) => listener?.onNotice?.(note));
    const root = options.dataRoot ?? record.dataRoot;
    const loaded = new Map<string, LoadedData>();
    const features = new Map<string, FeatureMap>();
    for (const run of runs) {
      const data =
        loaded.get(run.dataset) ??
        (await loadData(lookup(container, 'dataset', run.dataset), {
          config,
          ...(root === undefined ? {} : {root}),
          ...(listener === undefined ? {} : {listener}),
          ...(signal === undefined ? {} : {signal}),
        }));
      loaded.set(run.dataset, data);
      if (data.test.provenance.label !== run.testData.label) {
        throw new RunnerError(
          'ADDERNET_FEATURES_DATA',
          `${run.id} was tested on ${run.testData.label}; what is to be had now is ${data.test.provenance.label}`,
        );
      }
      const {numClasses, imageShape} = data.train;
      const model = lookup(container, 'architecture', run.architecture).build({
        operator: lookup(container, 'operator', run.operator),
        numClasses,
        inputShape: imageShape,
        seed: run.seed,
      });
      try {
        const file = path.join(folder.folder, run.id);
        applyWeights(model, await readWeights(file), {
          file,
          title: `${run.architecture} with operator ${run.operator} and ${numClasses} classes`,
          expected: {architecture: run.architecture, operator: run.operator},
        });
        listener?.onNotice?.(`${run.id}: computing features of ${Math.min(images, data.test.size)} test images`);
        const drawn = await featureMap(model, data.test, {
          images,
          batchSize: config.evaluationBatchSize,
          normalization: data.adapter.normalization,
          ...(signal === undefined ? {} : {signal}),
        });
        features.set(run.id, drawn);
      } finally {
        model.dispose();
      }
    }
    const withFeatures = {
      ...summary,
      runs: summary.runs.map((run): RunSummary => {
        const drawn = features.get(run.id);
        return drawn === undefined ? run : {...run, features: drawn};
      }),
    };
    await folder.writeJson('summary.json', withFeatures);
    const tell = (note: string): void => listener?.onNotice?.(note);
    const records = await readRecords(folder.folder, summary.runs, tell);
    const reports = await writeReports(container, folder, (reporter) => reporter.render(withFeatures, records), tell);
    return {features: Object.fromEntries(features), reports};
  } finally {
    await folder.close();
  }
}
