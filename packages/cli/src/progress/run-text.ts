// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, RunSummary} from '@addernet/plugin';
import type {ExperimentInfo, RunInfo} from '@addernet/runner';
import {duration, percent, rate} from '../format.js';

export const runName = (run: Pick<RunInfo, 'architecture' | 'operator' | 'seed'>): string =>
  `${run.architecture} ${run.operator} (seed ${run.seed})`;

export function experimentLine(info: ExperimentInfo): string {
  return `${info.name}: ${info.runs} ${info.runs === 1 ? 'run' : 'runs'} on the ${info.backend} backend → ${info.folder}`;
}

export function runLine(run: RunInfo): string {
  return (
    `[${run.index + 1}/${run.total}] ${runName(run)} on ${run.dataLabel}: ${run.trainImages.toLocaleString('en-US')} training and ` +
    `${run.testImages.toLocaleString('en-US')} test images, ${run.parameters.toLocaleString('en-US')} parameters`
  );
}

export function epochLine(run: RunInfo, metrics: EpochMetrics): string {
  return (
    `  epoch ${String(metrics.epoch).padStart(String(run.epochs).length)}/${run.epochs}  ` +
    `train loss ${metrics.trainLoss.toFixed(3)} top-1 ${percent(metrics.trainTop1)}  ` +
    `test loss ${metrics.testLoss.toFixed(3)} top-1 ${percent(metrics.testTop1)} top-5 ${percent(metrics.testTop5)}  ` +
    `${rate(metrics.imagesPerSecond)} images/s  ${duration(metrics.trainSeconds + metrics.testSeconds)}`
  );
}

export function runEndLine(run: RunSummary): string | undefined {
  if (run.status === 'finished') return undefined;
  return run.status === 'failed' ? `  failed: ${run.error ?? 'unknown error'}` : '  interrupted';
}
