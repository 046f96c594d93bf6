// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {megabytes, percent} from '../format.js';
import {epochHead, epochLine, evaluationParts, experimentLine, runEndLine, runLine, stepParts} from './run-text.js';

/** At least this long between two lines of progress within an epoch or a download. */
const INTERVAL_MS = 15_000;

/** Progress as plain lines, for logs and pipes. */
export function lineProgress(write: (line: string) => void, now: () => number = Date.now): RunListener {
  let last = now();
  const seldom = (line: () => string): void => {
    if (now() - last < INTERVAL_MS) return;
    last = now();
    write(`  ${line()}`);
  };
  return {
    onNotice: (message) => write(message),
    onExperimentStart: (info) => write(experimentLine(info)),
    onDownload: ({file, receivedBytes, totalBytes}) =>
      seldom(
        () =>
          `downloading ${file}: ${megabytes(receivedBytes)}` +
          (totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)} (${percent(receivedBytes / totalBytes)})`),
      ),
    onRunStart(run) {
      last = now();
      write(runLine(run));
      write(epochHead());
    },
    onStep: (progress) => seldom(() => stepParts(progress).join('  ')),
    onEvaluationStep: (progress) => seldom(() => evaluationParts(progress).join('  ')),
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
