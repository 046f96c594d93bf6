// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {SingleBar} from 'cli-progress';
import {megabytes} from '../format.js';
import {columnsOf, wrapText} from '../text.js';
import {fitBar} from './fit-bar.js';
import {
  epochHead,
  epochLine,
  evaluationParts,
  experimentLine,
  inferenceLine,
  measuringParts,
  runEndLine,
  runLine,
  stepParts,
} from './run-text.js';

export interface BarProgress {
  readonly listener: RunListener;
  /** Removes a bar that is on the screen, and gives the cursor back. */
  stop(): void;
}

interface BarState {
  readonly total: number;
  readonly value: number;
  readonly parts: readonly string[];
}

/** What libraries say with these goes above the bar. */
const CONSOLE_METHODS = ['log', 'info', 'warn', 'error'] as const;

/** Progress as one bar below the lines that stay: for terminals. */
export function barProgress(stream: NodeJS.WriteStream): BarProgress {
  let bar: SingleBar | undefined;
  let releaseConsole = (): void => undefined;

  const stop = (): void => {
    bar?.stop();
    bar = undefined;
    process.off('exit', stop);
    releaseConsole();
    releaseConsole = () => undefined;
  };

  const holdConsole = (): void => {
    const originals = CONSOLE_METHODS.map((method) => [method, console[method]] as const);
    for (const [method, original] of originals) {
      console[method] = (...values: unknown[]) => {
        stop();
        original(...values);
      };
    }
    releaseConsole = () => {
      for (const [method, original] of originals) console[method] = original;
    };
  };

  const write = (line: string, indent = 0): void => {
    stop();
    stream.write(`${wrapText(line, columnsOf(stream), indent)}\n`);
  };

  const show = ({total, value, parts}: BarState): void => {
    if (bar !== undefined) {
      bar.setTotal(total);
      bar.update(value, {parts});
      return;
    }
    bar = new SingleBar({
      format: (_options, {progress}, payload: Pick<BarState, 'parts'>) =>
        fitBar(columnsOf(stream), progress, payload.parts),
      stream,
      clearOnComplete: true,
      hideCursor: true,
      fps: 8,
      emptyOnZero: true,
    });
    bar.start(total, value, {parts});
    holdConsole();
    // An exit in the middle of everything (a second Ctrl-C) would leave the cursor hidden.
    process.once('exit', stop);
  };

  const listener: RunListener = {
    onNotice: (message) => write(message, 2),
    onExperimentStart: (info) => write(experimentLine(info), 2),
    onDownload: ({file, receivedBytes, totalBytes}) =>
      show({
        total: totalBytes ?? 0,
        value: totalBytes === undefined ? 0 : receivedBytes,
        parts: [
          `${megabytes(receivedBytes)}${totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`}`,
          `downloading ${file}`,
        ],
      }),
    onRunStart(run) {
      write(runLine(run), 2);
      write(epochHead());
      // Steps block the process, the first may take long: something must be there before it.
      show({total: run.epochs * run.steps, value: 0, parts: [`epoch 1/${run.epochs}`, `step 0/${run.steps}`]});
    },
    onStep(progress) {
      const {epoch, epochs, step, steps} = progress;
      const parts = stepParts(progress);
      const evaluates = step === steps;
      show({
        total: epochs * steps,
        value: (epoch - 1) * steps + step,
        parts: evaluates ? [parts[0] ?? '', 'evaluating', ...parts.slice(2)] : parts,
      });
    },
    onEvaluationStep: (progress) =>
      show({total: progress.steps, value: progress.step, parts: evaluationParts(progress)}),
    onEpoch(run, metrics) {
      write(epochLine(run, metrics));
      if (metrics.epoch < run.epochs) {
        const parts = [`epoch ${metrics.epoch + 1}/${run.epochs}`, `step 0/${run.steps}`];
        show({total: run.epochs, value: metrics.epoch, parts});
      }
    },
    onRunEnd(summary) {
      stop();
      const line = runEndLine(summary);
      if (line !== undefined) write(line, 2);
    },
    onInferenceStart: (info) => write(inferenceLine(info), 2),
    onMeasuring: (progress) => show({total: progress.total, value: progress.done, parts: measuringParts(progress)}),
    onInferenceEnd: stop,
    onExperimentEnd: stop,
  };
  return {listener, stop};
}
