// SPDX-License-Identifier: Apache-2.0
import type {ModelMeasurement, RelativeTime} from '@addernet/plugin';
import {rate} from './format.js';
import {table} from './text.js';

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
