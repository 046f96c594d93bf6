// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {duration, megabytes, percent, rate} from '../format.js';
import {epochLine, experimentLine, runEndLine, runLine} from './run-text.js';

/** At least this long between two lines of progress within an epoch or a download. */
const INTERVAL_MS = 15_000;

/** Progress as plain lines, for logs and pipes. */
export function lineProgress(write: (line: string) => void, now: () => number = Date.now): RunListener {
  let last = now();
  const seldom = (line: () => string): void => {
    if (now() - last < INTERVAL_MS) return;
    last = now();
    write(line());
  };
  return {
    onNotice: (message) => write(message),
    onExperimentStart: (info) => write(experimentLine(info)),
    onDownload: ({file, receivedBytes, totalBytes}) =>
      seldom(
        () =>
          `  downloading ${file}: ${megabytes(receivedBytes)}` +
          (totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)} (${percent(receivedBytes / totalBytes)})`),
      ),
    onRunStart(run) {
      last = now();
      write(runLine(run));
    },
    onStep: (progress) =>
      seldom(
        () =>
          `  epoch ${progress.epoch}/${progress.epochs} step ${progress.step}/${progress.steps}  loss ${progress.loss.toFixed(3)}  ` +
          `${rate(progress.imagesPerSecond)} images/s  ${duration(progress.etaSeconds)} left`,
      ),
    onEvaluationStep: (progress) =>
      seldom(() => `  evaluating, step ${progress.step}/${progress.steps}  ${rate(progress.imagesPerSecond)} images/s`),
    onEpoch(run, metrics) {
      last = now();
      write(epochLine(run, metrics));
    },
    onRunEnd(summary) {
      const line = runEndLine(summary);
      if (line !== undefined) write(line);
    },
  };
}
