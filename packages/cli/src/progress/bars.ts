// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {Presets, SingleBar} from 'cli-progress';
import {duration, megabytes, rate} from '../format.js';
import {epochLine, experimentLine, runEndLine, runLine} from './run-text.js';

export interface BarProgress {
  readonly listener: RunListener;
  /** Removes a bar that is on the screen. */
  stop(): void;
}

/** Progress as one bar below the lines that stay: for terminals. */
export function barProgress(stream: NodeJS.WriteStream): BarProgress {
  let bar: SingleBar | undefined;
  let kind = '';
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
    kind = '';
  };
  const write = (line: string): void => {
    stop();
    stream.write(`${line}\n`);
  };
  const show = (wanted: string, total: number, value: number, text: string): void => {
    if (bar === undefined || kind !== wanted) {
      stop();
      kind = wanted;
      bar = new SingleBar(
        {
          format: '  {bar} {percentage}%  {text}',
          stream,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 24,
          fps: 8,
          gracefulExit: false,
        },
        Presets.shades_classic,
      );
      bar.start(total, value, {text});
      return;
    }
    bar.setTotal(total);
    bar.update(value, {text});
  };
  const listener: RunListener = {
    onNotice: write,
    onExperimentStart: (info) => write(experimentLine(info)),
    onDownload: ({file, receivedBytes, totalBytes}) =>
      show(
        `download ${file}`,
        totalBytes ?? receivedBytes,
        receivedBytes,
        `${file}  ${megabytes(receivedBytes)}${totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`}`,
      ),
    onRunStart: (run) => write(runLine(run)),
    onStep: (progress) =>
      show(
        'train',
        progress.epochs * progress.steps,
        (progress.epoch - 1) * progress.steps + progress.step,
        `epoch ${progress.epoch}/${progress.epochs} step ${progress.step}/${progress.steps}  loss ${progress.loss.toFixed(3)}  ` +
          `${rate(progress.imagesPerSecond)} images/s  ${duration(progress.etaSeconds)} left`,
      ),
    onEvaluationStep: (progress) =>
      show('evaluate', progress.steps, progress.step, `evaluating  ${rate(progress.imagesPerSecond)} images/s`),
    onEpoch: (run, metrics) => write(epochLine(run, metrics)),
    onRunEnd(summary) {
      stop();
      const line = runEndLine(summary);
      if (line !== undefined) write(line);
    },
    onExperimentEnd: stop,
  };
  return {listener, stop};
}
