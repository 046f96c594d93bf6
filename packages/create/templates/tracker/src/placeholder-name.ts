// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {readFile, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {RunPosition, Tracker} from '@addernet/plugin';

const FILE = 'placeholder-name.md';
const HEADING = '| epoch | test loss | test accuracy |\n| --- | --- | --- |\n';

/** The rows that stay when a run goes on: those beyond its position will be told again. */
async function keptRows(file: string, {epochs}: RunPosition): Promise<string[]> {
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.filter((line) => Number(/^\| (\d+) \|/.exec(line)?.[1] ?? NaN) <= epochs);
}

/** placeholder-name.md in the run's folder: a table with a row for each epoch. */
export const placeholderNameTracker: Tracker = {
  name: 'placeholder-name',
  description: `the epochs as a table: ${FILE} in each run's folder`,
  async open({folder, resumed}) {
    const file = path.join(folder, FILE);
    const rows = resumed === undefined ? [] : await keptRows(file, resumed);
    const flush = async (): Promise<void> => {
      // To a temporary name first, so that there is never half a file.
      await writeFile(`${file}.tmp`, HEADING + rows.map((row) => `${row}\n`).join(''));
      await rename(`${file}.tmp`, file);
    };
    return {
      // Between two training steps: it keeps what it is told, and `flush` writes it.
      record(event) {
        if (event.kind !== 'scalars' || event.epoch === undefined) return;
        const {'test/loss': loss, 'test/top1': accuracy} = event.values;
        if (loss === undefined || accuracy === undefined) return;
        rows.push(`| ${event.epoch} | ${loss.toFixed(4)} | ${(100 * accuracy).toFixed(2)} % |`);
      },
      flush,
      close: flush,
    };
  },
};
