// SPDX-License-Identifier: Apache-2.0
import type {Launcher, RunJob, RunSummary} from '@addernet/plugin';
import pLimit from 'p-limit';
import {errorText} from '../errors.js';
import type {LoadedData} from '../experiment/load-data.js';
import {isDone} from '../experiment/is-done.js';
import type {Cell} from '../experiment/matrix.js';
import type {RunListener} from '../listener.js';
import {readJsonIfThere} from '../run-folder/read-run-folder.js';
import type {RunFolder} from '../run-folder/run-folder.js';
import {runSummarySchema} from '../run-folder/summary-schema.js';
import {runFile} from './run-cell.js';
import {receiveMessage} from './run-message.js';

export interface LaunchRunsOptions {
  readonly launcher: Launcher;
  /** Runs at a time. */
  readonly concurrency: number;
  readonly cells: readonly {readonly cell: Cell; readonly data: LoadedData}[];
  readonly folder: RunFolder;
  readonly backend: string;
  /** The command line that does a run. */
  readonly command: (folder: string, run: string) => RunJob['command'];
  readonly listener: RunListener;
  readonly signal: AbortSignal;
  /** Awaited, one at a time. */
  readonly onRunEnd: (summary: RunSummary) => Promise<void>;
}

/** For a run whose process left nothing of itself. */
function emptySummary({cell, data}: LaunchRunsOptions['cells'][number], backend: string): RunSummary {
  const {config, recipe} = cell.training;
  return {
    id: cell.id,
    status: 'failed',
    dataset: cell.dataset,
    trainData: data.train.provenance,
    testData: data.test.provenance,
    trainImages: data.train.size,
    testImages: data.test.size,
    splitSizes: data.splitSizes,
    numClasses: data.train.numClasses,
    architecture: cell.architecture,
    operator: cell.operator,
    ...(recipe === undefined ? {} : {recipe}),
    backend,
    seed: cell.seed,
    parameters: 0,
    trainableParameters: 0,
    operations: {multiplications: 0, additions: 0},
    epochsPlanned: config.epochs,
    epochs: [],
    startedAt: new Date().toISOString(),
    seconds: 0,
  };
}

/**
 * Does runs in processes of their own, `concurrency` at a time. A process that dies makes its run fail, and the others go on; those that have not
 * begun when the signal is aborted are left out.
 *
 * @throws OutputFolderError
 */
export async function launchRuns(options: LaunchRunsOptions): Promise<void> {
  const {launcher, folder, listener, signal, backend, command, onRunEnd} = options;
  const limit = pLimit(options.concurrency);
  const inTurn = pLimit(1);

  const one = async (entry: LaunchRunsOptions['cells'][number]): Promise<void> => {
    const {id} = entry.cell;
    if (signal.aborted) return;
    // What an earlier process wrote must not be taken for this one's, if this one dies before it writes.
    const before = await readJsonIfThere(folder.folder, runFile(id), runSummarySchema);
    let end: string | undefined;
    try {
      end = await launcher.launch(
        {run: id, folder: folder.folder, command: command(folder.folder, id)},
        {signal, onMessage: (message) => receiveMessage(message, listener)},
      );
    } catch (error) {
      end = `could not be started: ${errorText(error)}`;
    }
    const left = await readJsonIfThere(folder.folder, runFile(id), runSummarySchema);
    const told = left !== undefined && JSON.stringify(left) !== JSON.stringify(before);
    if (signal.aborted) {
      // Stopped before it had begun.
      if (left === undefined) return;
      const {error: _error, ...rest} = left;
      await inTurn(() => onRunEnd(isDone(left) ? left : {...rest, status: 'interrupted'}));
      return;
    }
    // A run that was going on is 'interrupted' in its file: nobody had asked it to stop.
    const ended = told && left.status !== 'interrupted';
    await inTurn(() =>
      onRunEnd(
        ended
          ? left
          : {
              ...(left ?? emptySummary(entry, backend)),
              status: 'failed',
              error:
                `the process of ${id} ended early (${end ?? 'without saying why'}); ` +
                'resuming the experiment goes on from its newest checkpoint',
            },
      ),
    );
  };

  await Promise.all(options.cells.map((entry) => limit(() => one(entry))));
}
