// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {Reporter} from '@addernet/plugin';
import type {Container} from 'inversify';
import {listBound} from '../container.js';
import {errorText} from '../errors.js';
import type {RunFolder} from './run-folder.js';

/**
 * Writes every reporter's file. One that fails costs its own file only: the figures are safe in theirs.
 *
 * @param render called in turn, so that a note on one can stand in those after it; undefined where a reporter has nothing to say
 * @returns absolute paths of the files written
 */
export async function writeReports(
  container: Container,
  folder: RunFolder,
  render: (reporter: Reporter) => Promise<string | undefined> | undefined,
  onNote: (note: string) => void,
): Promise<string[]> {
  const reports: string[] = [];
  for (const reporter of listBound(container, 'reporter')) {
    try {
      const text = await render(reporter);
      if (text === undefined) continue;
      await folder.write(reporter.fileName, text);
      reports.push(path.join(folder.folder, reporter.fileName));
    } catch (error) {
      onNote(`The report ${reporter.fileName} could not be made: ${errorText(error)}`);
    }
  }
  return reports;
}
