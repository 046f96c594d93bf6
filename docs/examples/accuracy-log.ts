// SPDX-License-Identifier: Apache-2.0
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Tracker} from '@addernet/plugin';

/** accuracies.txt in the run's folder: a line for each epoch with its accuracy on the test images. */
export const accuracyLog: Tracker = {
  name: 'accuracy-log',
  description: "accuracies.txt in each run's folder",
  async open({folder, resumed}) {
    const file = path.join(folder, 'accuracies.txt');
    // The n-th line is the n-th epoch's. What lies beyond the position that a run goes on from is told again.
    const lines = resumed === undefined ? [] : (await readFile(file, 'utf8')).split('\n').slice(0, resumed.epochs);
    const flush = (): Promise<void> => writeFile(file, lines.map((line) => `${line}\n`).join(''));
    return {
      record: (event) => {
        const top1 = event.kind === 'scalars' ? event.values['test/top1'] : undefined;
        if (top1 !== undefined) lines.push(`${(100 * top1).toFixed(1)} %`);
      },
      flush,
      close: flush,
    };
  },
};
