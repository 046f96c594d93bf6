// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {RunPosition, Tracker} from '@addernet/plugin';
import {stringify} from 'csv-stringify/sync';
import {AppendFile, keptLines} from '../append-file.js';
import {isBeyond} from '../is-beyond.js';

const FILE = 'scalars.csv';
const HEADER = stringify([['step', 'epoch', 'time', 'name', 'value']]);
/** `step` and `epoch` come first and are never quoted. */
const ROW = /^(\d+),(\d*),/;

function isKept(line: string, position: RunPosition): boolean {
  const [, step, epoch] = ROW.exec(line) ?? [];
  if (step === undefined) return false;
  return !isBeyond(
    {step: Number(step), ...(epoch === undefined || epoch === '' ? {} : {epoch: Number(epoch)})},
    position,
  );
}

/**
 * scalars.csv in the run's folder, one number a row: `step`, `epoch` (empty unless the number belongs to an epoch's end), `time` (ISO 8601, UTC), `name`
 * and `value`. Long rather than wide, since not everything is measured at every step: a spreadsheet's pivot table of name by step makes it wide. Values are
 * the shortest decimals that read back as the same number; those that are not finite are NaN, Infinity and -Infinity.
 */
export const csvTracker: Tracker = {
  name: 'csv',
  description: `the numbers as a table: ${FILE} in each run's folder`,
  async open({folder, resumed}) {
    const name = path.join(folder, FILE);
    const file = await AppendFile.open(name, HEADER + (await keptLines(name, resumed, isKept)));
    return {
      record: (event) => {
        if (event.kind !== 'scalars') return;
        const time = new Date(event.time).toISOString();
        const rows = Object.entries(event.values).map(([scalar, value]) => [
          event.step,
          event.epoch,
          time,
          // A row is a line.
          scalar.replace(/\s+/g, ' '),
          String(value),
        ]);
        file.add(stringify(rows));
      },
      flush: () => file.flush(),
      close: () => file.flush(),
    };
  },
};
