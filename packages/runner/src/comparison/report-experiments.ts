// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {ExperimentSummary} from '@addernet/plugin';
import type {Container} from 'inversify';
import {RunnerError} from '../errors.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {writeReports} from '../run-folder/write-reports.js';
import {compareExperiments} from './compare-experiments.js';
import {readExperiment} from './read-experiment.js';

/** What `reportExperiments` takes. */
export interface ReportExperimentsOptions {
  /** Experiments' run folders. */
  readonly folders: readonly string[];
  /** Folder in which one is made for the reports. Default: with one experiment its own folder is used, with several it is 'runs'. */
  readonly output?: string;
  /** With the reporters. */
  readonly container: Container;
  readonly onNotice?: (note: string) => void;
}

/** What `reportExperiments` made. */
export interface ExperimentReports {
  readonly summary: ExperimentSummary;
  /** Absolute paths. */
  readonly files: readonly string[];
}

/**
 * Makes the reports of an experiment anew, or those of several experiments as one comparison.
 *
 * @throws ResumeError if one of the folders is no run folder, or of another version; nothing is written then
 * @throws RunFolderLockedError while another process works in the folder that the reports go to
 * @throws OutputFolderError if they cannot be written
 * @throws RunnerError without folders
 */
export async function reportExperiments(options: ReportExperimentsOptions): Promise<ExperimentReports> {
  const {container, output} = options;
  const onNote = (note: string): void => options.onNotice?.(note);
  const folders = [...new Set(options.folders.map((folder) => path.resolve(folder)))];
  const experiments = [];
  for (const folder of folders) experiments.push(await readExperiment(folder, onNote));
  const [first] = experiments;
  const [folder] = folders;
  if (first === undefined || folder === undefined) {
    throw new RunnerError('ADDERNET_REPORT_OPTION', 'report: no folder given; expected one run folder or more');
  }
  const isOne = experiments.length === 1;
  const {summary, records} = isOne ? first : compareExperiments(experiments);
  const target =
    isOne && output === undefined
      ? await RunFolder.open(folder)
      : await RunFolder.create({
          output: path.resolve(output ?? 'runs'),
          name: isOne ? 'report' : 'comparison',
          startedAt: new Date(),
        });
  try {
    return {
      summary,
      files: await writeReports(container, target, (reporter) => reporter.render(summary, records), onNote),
    };
  } finally {
    await target.close();
  }
}
