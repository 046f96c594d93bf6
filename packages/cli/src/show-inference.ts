// SPDX-License-Identifier: Apache-2.0
import type {ModelMeasurement, RelativeTime} from '@addernet/plugin';
import type {InferenceResult, RunListener} from '@addernet/runner';
import {EXIT} from './exit-codes.js';
import {rate} from './format.js';
import {onInterrupt} from './interrupt.js';
import {createProgress} from './progress/index.js';
import {columnsOf, table, wrapText} from './text.js';

const ratio = (relative: RelativeTime | undefined): string => relative?.median.toFixed(2) ?? '';

/** A table of whole models for each backend, architecture and batch size. */
export function inferenceTables(measurements: readonly ModelMeasurement[]): string {
  const groups = new Map<string, ModelMeasurement[]>();
  for (const measurement of measurements) {
    const {backend, architecture, batch} = measurement;
    const title = `${architecture} on ${backend}, batch ${batch}`;
    groups.set(title, [...(groups.get(title) ?? []), measurement]);
  }
  return [...groups]
    .map(([title, group]) => {
      const rows = group.map(({operator, form, batch, times, relative, relativeToPlain}) => [
        operator,
        form,
        (1000 * times.median).toFixed(2),
        `${(1000 * times.lower).toFixed(2)}–${(1000 * times.upper).toFixed(2)}`,
        rate(batch / times.median),
        ratio(relative),
        ratio(relativeToPlain),
        String(times.samples),
      ]);
      const [first] = group;
      const head = [
        'operator',
        'form',
        'ms',
        'quartiles',
        'images/s',
        `/${first?.operator ?? ''}`,
        '/plain',
        'samples',
      ];
      return `${title}\n${table(head, rows)}`;
    })
    .join('\n\n');
}

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
