// SPDX-License-Identifier: Apache-2.0
import type {InferenceResult, RunListener} from '@addernet/runner';
import {EXIT} from './exit-codes.js';
import {inferenceTables} from './inference-tables.js';
import {onInterrupt} from './interrupt.js';
import {createProgress} from './progress/index.js';
import {columnsOf, wrapText} from './text.js';

/** Runs an experiment that measures inference with progress and Ctrl-C, prints its result and sets the exit code. */
export async function showInference(
  quiet: boolean,
  execute: (listener: RunListener, signal: AbortSignal) => Promise<InferenceResult>,
): Promise<void> {
  const progress = createProgress(process.stdout, quiet);
  const interruption = onInterrupt((message) => progress.listener.onNotice?.(message));
  try {
    const {summary, status, files, folder} = await execute(progress.listener, interruption.signal);
    progress.stop();
    if (summary.modelMeasurements.length > 0) console.log(`\n${inferenceTables(summary.modelMeasurements)}\n`);
    for (const note of summary.notes) console.log(wrapText(`Note: ${note}`, columnsOf(process.stdout), 2));
    // The last line is a path, so that scripts (and a click in the terminal) find the report.
    console.log(files.find((name) => name.endsWith('.html')) ?? folder);
    process.exitCode =
      status === 'interrupted'
        ? (interruption.exitCode() ?? EXIT.interrupted)
        : status === 'failed'
          ? EXIT.failed
          : EXIT.ok;
  } finally {
    progress.stop();
    interruption.release();
  }
}
