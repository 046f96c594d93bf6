// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {
  BackendProvider,
  ExperimentSummary,
  InferencePart,
  InferenceSummary,
  MachineRates,
  ExperimentStatus,
  RunSummary,
} from '@addernet/plugin';
import type {Container} from 'inversify';
import {listBound, lookup} from '../container.js';
import {InterruptedError, errorText} from '../errors.js';
import type {RunListener} from '../listener.js';
import {secondsSince} from '../training/pause.js';
import {applyWeights} from '../weights/apply.js';
import {readWeights} from '../weights/read.js';
import {measureAll, type Collected} from './measure-all.js';
import {DEFAULT_INFERENCE_CONFIG, type InferenceConfig} from './schema.js';
import type {LoadWeights} from './subjects.js';

/** A run whose network is measured, with what it saw. */
interface TrainedRun {
  readonly run: RunSummary;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  readonly batchSize: number;
}

export interface MeasureTrainedOptions {
  /** Finished runs; of those that differ in seed, recipe or data of the same form alone, the first is measured. */
  readonly runs: readonly TrainedRun[];
  /** The experiment's run folder, with the trained weights. */
  readonly folder: string;
  /** Of the experiment. */
  readonly experiment: Pick<ExperimentSummary, 'name' | 'environment'>;
  readonly container: Container;
  /** Started. */
  readonly backend: BackendProvider;
  readonly threads: number;
  /** The backend's roofs, where they were measured. */
  readonly machine?: MachineRates;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
}

/** Fewer and shorter samples than an experiment of its own takes: a few seconds for a small network. */
const SAMPLING = {rounds: 9, sampleMilliseconds: 5, comparisonSeconds: 2} as const;

const isSame = (a: RunSummary, b: RunSummary): boolean =>
  a.architecture === b.architecture && a.operator === b.operator;

/** Runs whose networks have the same inputs and outputs: only they are compared. */
function byForm(runs: readonly TrainedRun[]): readonly (readonly [TrainedRun, ...TrainedRun[]])[] {
  const groups = new Map<string, [TrainedRun, ...TrainedRun[]]>();
  for (const trained of runs) {
    const key = JSON.stringify([trained.imageShape, trained.run.numClasses]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trained]);
    else group.push(trained);
  }
  return [...groups.values()];
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

async function measureForm(
  runs: readonly [TrainedRun, ...TrainedRun[]],
  options: MeasureTrainedOptions,
): Promise<InferenceSummary> {
  const {folder, experiment, container, backend, threads, machine, listener, signal} = options;
  const startedAt = new Date().toISOString();
  const start = secondsSince(0);
  const [{imageShape, run: first}] = runs;
  /** One of each network. */
  const measured = runs
    .map(({run}) => run)
    .filter((run, index, all) => all.findIndex((each) => isSame(each, run)) === index);
  const [height, width, channels] = imageShape;
  const batches = backend.speed === 'slow' ? [1] : unique([1, ...runs.map(({batchSize}) => batchSize)]);
  const config: InferenceConfig = {
    ...DEFAULT_INFERENCE_CONFIG,
    ...SAMPLING,
    architectures: unique(runs.map(({run}) => run.architecture)),
    operators: unique(runs.map(({run}) => run.operator)),
    backends: [backend.name],
    threads,
    batchSizes: batches,
    image: {height, width, channels},
    classes: first.numClasses ?? DEFAULT_INFERENCE_CONFIG.classes,
    output: path.dirname(folder),
  };
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    listener?.onNotice?.(text);
  };
  const collected: Collected = {
    machines: machine === undefined ? [] : [machine],
    models: [],
    modelMeasurements: [],
    layerMeasurements: [],
  };
  /** Times do not depend on values, but for those so small that processors take a slow path: the trained ones are what will be run. */
  const loadTrained: LoadWeights = async (model, architecture, operator) => {
    const run = measured.find((each) => each.architecture === architecture.name && each.operator === operator.name);
    if (run === undefined) return;
    const file = path.join(folder, run.id);
    applyWeights(model, await readWeights(file), {file, title: `${architecture.name} with operator ${operator.name}`});
  };
  let status: ExperimentStatus = 'finished';
  try {
    for (const architecture of config.architectures) {
      const operators = measured.filter((run) => run.architecture === architecture).map(({operator}) => operator);
      const failures = await measureAll(collected, {
        config,
        backends: [backend],
        architectures: [lookup(container, 'architecture', architecture)],
        operators: operators.map((name) => lookup(container, 'operator', name)),
        known: listBound(container, 'operator'),
        loadWeights: loadTrained,
        measureMachine: false,
        ...(listener === undefined ? {} : {listener}),
        ...(signal === undefined ? {} : {signal}),
        note,
        onMeasured: () => Promise.resolve(),
      });
      if (failures.length > 0) status = 'failed';
    }
  } catch (error) {
    if (error instanceof InterruptedError) {
      status = 'interrupted';
      note('Measuring inference was interrupted: what is here was measured before.');
    } else {
      status = 'failed';
      note(`Inference could not be measured: ${errorText(error)}`);
    }
  }
  return {
    kind: 'inference',
    name: experiment.name,
    description: `The networks of ${measured.map(({id}) => id).join(', ')}, measured after the last run.`,
    status,
    startedAt,
    seconds: secondsSince(start),
    notes,
    config,
    environment: experiment.environment,
    ...collected,
  };
}

/**
 * Measures what inference takes with trained networks, each of their layers by itself, too, on the backend that they were trained on: at batch 1 and, unless the
 * backend is a slow one, at the batch size of the training. Operators of an architecture take turns, as in an experiment of the kind 'inference'. What goes wrong becomes
 * a note and the status: the runs are done.
 *
 * @returns one part for each size of images and number of classes, in which the runs differ
 */
export async function measureTrained(options: MeasureTrainedOptions): Promise<InferencePart[]> {
  const parts: InferencePart[] = [];
  for (const runs of byForm(options.runs)) {
    if (options.signal?.aborted === true) break;
    parts.push({datasets: unique(runs.map(({run}) => run.dataset)), summary: await measureForm(runs, options)});
  }
  return parts;
}
