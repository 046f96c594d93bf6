// SPDX-License-Identifier: Apache-2.0
import type {RunInfo, RunListener} from '@addernet/runner';
import {megabytes, percent} from '../format.js';
import {
  epochHead,
  epochLine,
  evaluationParts,
  experimentLine,
  inferenceLine,
  measuringParts,
  namedEpochLine,
  runEndLine,
  runLine,
  stepParts,
} from './run-text.js';

/** At least this long between two lines of progress within an epoch or a download. */
const INTERVAL_MS = 15_000;

/** Progress as plain lines, for logs and pipes, and for several runs at a time: there every line names its run. */
export function lineProgress(write: (line: string) => void, now: () => number = Date.now): RunListener {
  let several = false;
  /** Of each run; '' stands for downloads. */
  const last = new Map<string, number>([['', now()]]);
  const seldom = (run: RunInfo | undefined, line: () => string): void => {
    const id = run?.id ?? '';
    if (now() - (last.get(id) ?? -Infinity) < INTERVAL_MS) return;
    last.set(id, now());
    write(`${several && run !== undefined ? `[${run.index + 1}/${run.total}]` : ' '} ${line()}`);
  };
  return {
    onNotice: (message) => write(message),
    onExperimentStart(info) {
      several = info.concurrency > 1;
      write(experimentLine(info));
    },
    onDownload: ({file, receivedBytes, totalBytes}) =>
      seldom(
        undefined,
        () =>
          `downloading ${file}: ${megabytes(receivedBytes)}` +
          (totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)} (${percent(receivedBytes / totalBytes)})`),
      ),
    onRunStart(run) {
      last.set(run.id, now());
      write(runLine(run));
      if (!several) write(epochHead());
    },
    onStep: (progress) => seldom(progress.run, () => stepParts(progress).join('  ')),
    onEvaluationStep: (progress) => seldom(progress.run, () => evaluationParts(progress).join('  ')),
    onEpoch(run, metrics) {
      last.set(run.id, now());
      write(several ? namedEpochLine(run, metrics) : epochLine(run, metrics));
    },
    onInferenceStart: (info) => write(inferenceLine(info)),
    onMeasuring: (progress) => seldom(undefined, () => measuringParts(progress).join('  ')),
    onRunEnd(summary) {
      const line = runEndLine(summary);
      if (line !== undefined) write(line);
    },
  };
}
