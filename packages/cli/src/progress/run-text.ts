// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, RunSummary} from '@addernet/plugin';
import type {
  EvaluationProgress,
  ExperimentInfo,
  InferenceInfo,
  MeasuringProgress,
  RunInfo,
  StepProgress,
} from '@addernet/runner';
import {count, duration, percent, rate} from '../format.js';

const runName = (run: Pick<RunInfo, 'architecture' | 'operator' | 'seed'>): string =>
  `${run.architecture} ${run.operator}, seed ${run.seed}`;

export function experimentLine(info: ExperimentInfo): string {
  const runs = `${info.runs} ${info.runs === 1 ? 'run' : 'runs'}`;
  const atATime = info.concurrency > 1 ? ` (${info.concurrency} at a time)` : '';
  const threads = info.threads === 1 ? '1 thread' : `${info.threads} threads`;
  return `${info.name}: ${runs}${atATime} on the ${info.backend} backend (${threads}), into ${info.folder}`;
}

export function runLine(run: RunInfo): string {
  return (
    `[${run.index + 1}/${run.total}] ${runName(run)}, on ${run.dataLabel}: ${count(run.trainImages)} training and ` +
    `${count(run.testImages)} test images, ${count(run.parameters)} parameters`
  );
}

/** Columns of the lines that epochs leave; 78 characters. */
const EPOCH_COLUMNS = [9, 12, 9, 11, 9, 9, 10, 9] as const;

const epochRow = (cells: readonly string[]): string =>
  cells.map((cell, index) => cell.padStart(EPOCH_COLUMNS[index] ?? 0)).join('');

export const epochHead = (): string =>
  epochRow(['epoch', 'train loss', 'top-1', 'test loss', 'top-1', 'top-5', 'images/s', 'time']);

export function epochLine(run: RunInfo, metrics: EpochMetrics): string {
  return epochRow([
    `${metrics.epoch}/${run.epochs}`,
    metrics.trainLoss.toFixed(3),
    percent(metrics.trainTop1),
    metrics.testLoss.toFixed(3),
    percent(metrics.testTop1),
    percent(metrics.testTop5),
    rate(metrics.imagesPerSecond),
    duration(metrics.trainSeconds + metrics.testSeconds),
  ]);
}

/** An epoch's figures with the run that they belong to and their names, where several runs go on at a time. */
export function namedEpochLine(run: RunInfo, metrics: EpochMetrics): string {
  return (
    `[${run.index + 1}/${run.total}] ${runName(run)}: epoch ${metrics.epoch}/${run.epochs}, loss ${metrics.trainLoss.toFixed(3)}, ` +
    `test top-1 ${percent(metrics.testTop1)}, ${rate(metrics.imagesPerSecond)} images/s`
  );
}

export function runEndLine(run: RunSummary): string | undefined {
  if (run.status === 'finished') return undefined;
  return run.status === 'interrupted' ? '  interrupted' : `  ${run.status}: ${run.error ?? 'unknown error'}`;
}

/** What is to be known while training, the most important first. */
export const stepParts = (progress: StepProgress): string[] => [
  `epoch ${progress.epoch}/${progress.epochs}`,
  `step ${progress.step}/${progress.steps}`,
  `${duration(progress.etaSeconds)} left`,
  `${rate(progress.imagesPerSecond)} images/s`,
  `loss ${progress.loss.toFixed(3)}`,
];

export const evaluationParts = (progress: EvaluationProgress): string[] => [
  'evaluating',
  `step ${progress.step}/${progress.steps}`,
  `${rate(progress.imagesPerSecond)} images/s`,
];

export const inferenceLine = ({name, backends, folder}: InferenceInfo): string =>
  `${name}: inference on ${backends.join(', ')}, into ${folder}`;

export const measuringParts = ({label, done, total, etaSeconds}: MeasuringProgress): string[] => [
  `${done}/${total}`,
  ...(etaSeconds === undefined ? [] : [`${duration(etaSeconds)} left`]),
  label,
];
