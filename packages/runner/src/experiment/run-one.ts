// SPDX-License-Identifier: Apache-2.0
import type {Architecture, EpochMetrics, FeatureMap, Operator, RunStatus, RunSummary, Tracker} from '@addernet/plugin';
import {dispose} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {RunCheckpoints} from '../checkpoints/run-checkpoints.js';
import {InterruptedError, NonFiniteLossError, OutputFolderError, ResumeError, errorText} from '../errors.js';
import {recipeText} from '../config/recipes.js';
import {runFeatures} from '../features/run-features.js';
import type {RunInfo, RunListener} from '../listener.js';
import type {RunFolder} from '../run-folder/run-folder.js';
import {LayerRecordFile} from '../run-folder/layer-records.js';
import type {MetricsFiles} from '../run-folder/metrics-files.js';
import {writeEvaluation} from '../run-folder/run-records.js';
import {filterLayers} from '../tracking/filter-layers.js';
import {RunObserver} from '../tracking/run-observer.js';
import {RunTrackers} from '../tracking/run-trackers.js';
import {describeRun} from '../tracking/tracked-run.js';
import {secondsSince} from '../training/pause.js';
import {leavesOutLast, trainModel} from '../training/train-model.js';
import {encodeModel} from '../weights/save.js';
import {countModel, type ModelCounts} from './count-model.js';
import type {LoadedData} from './load-data.js';
import type {Cell} from './matrix.js';

export interface RunOneOptions {
  readonly cell: Cell;
  readonly index: number;
  readonly total: number;
  readonly data: LoadedData;
  readonly architecture: Architecture;
  readonly operator: Operator;
  /** All that are bound, for operation counts. */
  readonly operators: readonly Operator[];
  readonly backend: string;
  /** Name of the experiment. */
  readonly experiment: string;
  readonly trackers: readonly Tracker[];
  readonly folder: RunFolder;
  /** Absent where another process writes them. */
  readonly metrics?: MetricsFiles;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  /** Told what must be known beside the run's numbers. */
  readonly onNote: (note: string) => void;
  /** Go on where the newest checkpoint is, if there is one. `previous` is what summary.json says of the run. */
  readonly resume?: {readonly previous?: RunSummary};
  /** Called after each epoch with the run as it stands. */
  readonly onProgress: (summary: RunSummary) => Promise<void>;
}

/** What a failed run leaves to go on from. */
function keptText(epochs: number, checkpoint: RunCheckpoints['newest']): string {
  if (checkpoint === undefined) return '';
  const {epoch, step} = checkpoint;
  const position = step === 0 ? `the beginning of epoch ${epoch}` : `epoch ${epoch} after step ${step}`;
  return `; the weights kept are those after epoch ${epochs}, the checkpoint is of ${position} (addernet resume)`;
}

/**
 * Trains one cell of the matrix. Weights are saved before the first epoch, after each epoch and at an interruption, so that the folder always
 * holds the last good ones. What goes wrong in the run itself becomes its status, so that the next run can follow; only a folder that cannot be
 * written is thrown.
 *
 * @throws OutputFolderError
 */
export async function runOne(options: RunOneOptions): Promise<RunSummary> {
  const {cell, index, total, data, architecture, operator, backend, folder, metrics, listener, signal} = options;
  const {config, recipe} = cell.training;
  const {train, test, adapter} = data;
  const startedAt = options.resume?.previous?.startedAt ?? new Date().toISOString();
  let start = secondsSince(0);
  const epochs: EpochMetrics[] = [];
  let features: FeatureMap | undefined;
  let counts: ModelCounts = {parameters: 0, trainableParameters: 0, operations: {multiplications: 0, additions: 0}};

  const summarise = (status: RunStatus, error?: string): RunSummary => {
    const last = epochs.at(-1);
    return {
      id: cell.id,
      status,
      ...(error === undefined ? {} : {error}),
      dataset: cell.dataset,
      trainData: train.provenance,
      testData: test.provenance,
      trainImages: train.size,
      testImages: test.size,
      splitSizes: data.splitSizes,
      numClasses: train.numClasses,
      architecture: cell.architecture,
      operator: cell.operator,
      ...(recipe === undefined ? {} : {recipe}),
      backend,
      seed: cell.seed,
      ...counts,
      epochsPlanned: config.epochs,
      epochs: [...epochs],
      ...(last === undefined
        ? {}
        : {
            final: {
              top1: last.testTop1,
              top5: last.testTop5,
              loss: last.testLoss,
              imagesPerSecond: last.imagesPerSecond,
            },
          }),
      ...(features === undefined ? {} : {features}),
      startedAt,
      seconds: secondsSince(start),
    };
  };

  const save = async (model: LayersModel, state: Readonly<Record<string, string>>): Promise<void> => {
    const {json, weights} = await encodeModel(model, {
      architecture: cell.architecture,
      operator: cell.operator,
      dataset: cell.dataset,
      data: train.provenance.label,
      classes: String(train.numClasses),
      image: train.imageShape.join('x'),
      seed: String(cell.seed),
      ...(recipe === undefined ? {} : {recipe: recipeText(recipe)}),
      ...state,
    });
    await folder.write(`${cell.id}/weights.bin`, weights);
    await folder.write(`${cell.id}/model.json`, json);
  };

  let model: LayersModel | undefined;
  let checkpoints: RunCheckpoints | undefined;
  let trackers: RunTrackers | undefined;
  let observer: RunObserver | undefined;
  const end = async (summary: RunSummary): Promise<RunSummary> => {
    const {status, error} = summary;
    await trackers?.close({
      status,
      ...(error === undefined ? {} : {error}),
      step: observer?.step ?? 0,
      epochs: epochs.length,
      time: Date.now(),
    });
    return summary;
  };
  try {
    const built = architecture.build({
      operator,
      numClasses: train.numClasses,
      inputShape: train.imageShape,
      seed: cell.seed,
    });
    model = built;
    // Operators may share their layers' classes: the run's own comes first.
    const operators = [operator, ...options.operators];
    counts = await countModel(built, operators);
    await folder.makeFolder(cell.id);
    const written = new RunCheckpoints({
      folder,
      run: cell.id,
      model: built,
      identity: {
        dataset: cell.dataset,
        trainingData: `${train.provenance.label}, ${train.size} images`,
        testData: `${test.provenance.label}, ${test.size} images`,
        architecture: cell.architecture,
        operator: cell.operator,
        seed: String(cell.seed),
        backend,
      },
      config: config.checkpoints,
    });
    checkpoints = written;
    const resumed =
      options.resume === undefined
        ? undefined
        : await written.restore(({message}) => options.onNote(`${message}; an earlier one is used.`));
    if (resumed !== undefined) {
      const {epoch, step, seconds, metrics: done} = resumed.state;
      start = secondsSince(seconds);
      epochs.push(...done);
      listener?.onNotice?.(`${cell.id}: goes on in epoch ${epoch}, after step ${step}.`);
    }
    await save(built, {epoch: String(epochs.length)});
    const {batchSize} = config;
    const info: RunInfo = {
      id: cell.id,
      index,
      total,
      dataset: cell.dataset,
      architecture: cell.architecture,
      operator: cell.operator,
      ...(recipe === undefined ? {} : {recipe}),
      backend,
      seed: cell.seed,
      epochs: config.epochs,
      steps: train.batchCount({batchSize, dropRemainder: leavesOutLast(train.size, batchSize)}),
      dataLabel: train.provenance.label,
      trainImages: train.size,
      testImages: test.size,
      parameters: counts.parameters,
    };
    await metrics?.set(info, epochs);
    const position =
      resumed === undefined
        ? undefined
        : {step: (resumed.state.epoch - 1) * info.steps + resumed.state.step, epochs: epochs.length};
    const records = await LayerRecordFile.open(folder, cell.id, position);
    trackers = await RunTrackers.open(
      options.trackers,
      describeRun({
        cell,
        experiment: options.experiment,
        folder: folder.folder,
        data: train.provenance.label,
        backend,
        ...(position === undefined ? {} : {resumed: position}),
      }),
      {onFailure: options.onNote},
    );
    observer = new RunObserver({
      layers: filterLayers(built, operators),
      records,
      trackers,
      config,
      ...(position === undefined ? {} : {resumed: position}),
    });
    if (position === undefined) await observer.onBegin();
    listener?.onRunStart?.(info);
    try {
      await trainModel({
        model: built,
        train,
        test,
        normalization: adapter.normalization,
        augmentation: adapter.augmentation,
        config,
        seed: cell.seed,
        run: cell.id,
        observer,
        checkpoints: {
          due: (state) => written.due(state),
          // What was taken down up to a checkpoint is there for whoever goes on from it.
          save: async (state, optimizer) => {
            await trackers?.flush();
            await written.save(state, optimizer);
          },
        },
        ...(resumed === undefined ? {} : {resume: resumed}),
        ...(signal === undefined ? {} : {signal}),
        onStep: (progress) => listener?.onStep?.({run: info, ...progress}),
        onEvaluationStep: (progress) => listener?.onEvaluationStep?.({run: info, ...progress}),
        ...(config.evaluation.confusionMatrix || config.evaluation.topLosses > 0
          ? {evaluation: {settings: config.evaluation, write: (record) => writeEvaluation(folder, cell.id, record)}}
          : {}),
        onEpoch: async (figures) => {
          epochs.push(figures);
          await metrics?.add(info, figures);
          await save(built, {epoch: String(figures.epoch)});
          // A process killed from here on leaves a run that was interrupted.
          await options.onProgress(summarise('interrupted'));
          listener?.onEpoch?.(info, figures);
        },
      });
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      await save(built, {epoch: String(epochs.length), state: `interrupted after epoch ${epochs.length}`});
      return await end(summarise('interrupted'));
    } finally {
      dispose(resumed?.optimizer.map(({tensor}) => tensor) ?? []);
    }
    features = await runFeatures(built, options);
    return await end(summarise('finished'));
  } catch (error) {
    if (error instanceof OutputFolderError || error instanceof ResumeError) {
      await end(summarise('failed', errorText(error)));
      throw error;
    }
    if (error instanceof NonFiniteLossError && config.allowDivergence) {
      return await end(summarise('diverged', errorText(error)));
    }
    return await end(summarise('failed', `${errorText(error)}${keptText(epochs.length, checkpoints?.newest)}`));
  } finally {
    model?.dispose();
  }
}
