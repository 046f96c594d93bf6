// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {barProgress} from './bars.js';
import {lineProgress} from './lines.js';

export interface Progress {
  readonly listener: RunListener;
  stop(): void;
}

/** Bars on a terminal, lines elsewhere; only notices when quiet. */
export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  const write = (line: string): void => void stream.write(`${line}\n`);
  if (quiet) return {listener: {onNotice: write}, stop: () => undefined};
  const lines = lineProgress(write);
  if (!stream.isTTY) return {listener: lines, stop: () => undefined};
  const bar = barProgress(stream);
  return {listener: linesIfSeveral(bar.listener, lines), stop: bar.stop};
}

/** One bar is for one run: when several go on at a time, lines take its place. */
function linesIfSeveral(one: RunListener, several: RunListener): RunListener {
  let active = one;
  return {
    onExperimentStart(info) {
      active = info.concurrency > 1 ? several : one;
      active.onExperimentStart?.(info);
    },
    onNotice: (message) => active.onNotice?.(message),
    onDownload: (progress) => one.onDownload?.(progress),
    onRunStart: (run) => active.onRunStart?.(run),
    onStep: (progress) => active.onStep?.(progress),
    onEvaluationStep: (progress) => active.onEvaluationStep?.(progress),
    onEpoch: (run, metrics) => active.onEpoch?.(run, metrics),
    onRunEnd: (summary) => active.onRunEnd?.(summary),
    onExperimentEnd: (summary) => one.onExperimentEnd?.(summary),
  };
}
