// SPDX-License-Identifier: Apache-2.0
import type {ExperimentResult, RunListener} from '@addernet/runner';
import {EXIT} from './exit-codes.js';
import {inferenceTables} from './inference-tables.js';
import {onInterrupt} from './interrupt.js';
import {createProgress} from './progress/index.js';
import {resultTables} from './result-tables.js';
import {columnsOf, wrapText} from './text.js';

/** Runs an experiment with progress and Ctrl-C, prints its result and sets the exit code. */
export async function showExperiment(
  quiet: boolean,
  execute: (listener: RunListener, signal: AbortSignal) => Promise<ExperimentResult>,
): Promise<void> {
  const progress = createProgress(process.stdout, quiet);
  const interruption = onInterrupt((message) => progress.listener.onNotice?.(message));
  try {
    const result = await execute(progress.listener, interruption.signal);
    progress.stop();
    if (result.summary.runs.length > 0)
      console.log(`\n${resultTables(result.summary.runs, columnsOf(process.stdout))}\n`);
    for (const {summary} of result.summary.inference ?? []) {
      if (summary.modelMeasurements.length > 0) {
        console.log(`Inference with the trained networks:\n\n${inferenceTables(summary.modelMeasurements)}\n`);
      }
    }
    for (const note of result.summary.notes) console.log(wrapText(`Note: ${note}`, columnsOf(process.stdout), 2));
    // Not wrapped, so that it can be copied.
    if (result.status !== 'finished') console.log(`To go on: addernet resume ${result.folder}`);
    // The last line is a path, so that scripts (and a click in the terminal) find the report.
    console.log(result.files.find((name) => name.endsWith('.html')) ?? result.folder);
    process.exitCode =
      result.status === 'interrupted'
        ? (interruption.exitCode() ?? EXIT.interrupted)
        : result.status === 'failed'
          ? EXIT.failed
          : EXIT.ok;
  } finally {
    progress.stop();
    interruption.release();
  }
}
