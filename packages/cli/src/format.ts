// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';
import Table from 'cli-table3';

/** 0.6789 → '67.9 %'. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** 83 → '1:23', 3700 → '1:01:40'. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const total = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(total / 60) % 60, total % 60];
  const hours = Math.floor(total / 3600);
  const [first = 0, ...rest] = hours > 0 ? [hours, ...parts] : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Three digits at least below ten, whole numbers above a hundred. */
export const rate = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** A plain table without colours, so that it reads the same in a log. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({head: [...head], style: {head: [], border: [], compact: true}});
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

/** What is left on the screen when an experiment has ended. */
export function resultTable(runs: readonly RunSummary[]): string {
  const severalSeeds = new Set(runs.map((run) => run.seed)).size > 1;
  return table(
    [
      'data',
      'architecture',
      'operator',
      ...(severalSeeds ? ['seed'] : []),
      'top-1',
      'top-5',
      'loss',
      'images/s',
      'parameters',
      'epochs',
    ],
    runs.map((run) => [
      run.testData.label,
      run.architecture,
      run.operator,
      ...(severalSeeds ? [String(run.seed)] : []),
      run.final === undefined ? run.status : percent(run.final.top1),
      run.final === undefined ? '' : percent(run.final.top5),
      run.final === undefined ? '' : run.final.loss.toFixed(3),
      run.final === undefined ? '' : rate(run.final.imagesPerSecond),
      run.parameters.toLocaleString('en-US'),
      `${run.epochs.length} of ${run.epochsPlanned}${run.status === 'finished' ? '' : ` (${run.status})`}`,
    ]),
  );
}
