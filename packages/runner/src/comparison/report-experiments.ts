// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {ExperimentSummary, InferenceSummary, Reporter} from '@addernet/plugin';
import type {Container} from 'inversify';
import {RunnerError} from '../errors.js';
import {RunFolder} from '../run-folder/run-folder.js';
import {writeReports} from '../run-folder/write-reports.js';
import {
  compareExperiments,
  withInference,
  type ExperimentResults,
  type MeasuredResults,
} from './compare-experiments.js';
import {readExperiment} from './read-experiment.js';

/** What `reportExperiments` takes. */
export interface ReportExperimentsOptions {
  /** Run folders of experiments that trained or that measured inference. */
  readonly folders: readonly string[];
  /** Folder in which one is made for the reports. Default: where an experiment's own reports are made anew its own folder is used, otherwise it is 'runs'. */
  readonly output?: string;
  /** With the reporters. */
  readonly container: Container;
  readonly onNotice?: (note: string) => void;
}

/** What `reportExperiments` made. */
export interface ExperimentReports {
  /** What the report of trained runs is of; absent where all folders are of measured inference. */
  readonly summary?: ExperimentSummary;
  /** What was measured, by folder. */
  readonly inference: readonly InferenceSummary[];
  /** Absolute paths. */
  readonly files: readonly string[];
}

interface Read<T> {
  /** Absolute. */
  readonly path: string;
  readonly results: T;
}

type Render = (reporter: Reporter) => Promise<string | undefined> | undefined;

async function write(
  {container, output, onNotice}: ReportExperimentsOptions,
  own: string | undefined,
  name: string,
  render: Render,
): Promise<readonly string[]> {
  const target =
    own !== undefined && output === undefined
      ? await RunFolder.open(own)
      : await RunFolder.create({output: path.resolve(output ?? 'runs'), name, startedAt: new Date()});
  try {
    return await writeReports(container, target, render, (note) => onNotice?.(note));
  } finally {
    await target.close();
  }
}

/**
 * Makes the reports of an experiment anew, or those of several experiments as one comparison. Measurements of inference among the folders become a part of the
 * report of the trained runs; where there are none of those, each gets its own reports anew.
 *
 * @throws ResumeError if one of the folders is no run folder, or of another version; nothing is written then
 * @throws RunFolderLockedError while another process works in the folder that the reports go to
 * @throws OutputFolderError if they cannot be written
 * @throws RunnerError without folders
 */
export async function reportExperiments(options: ReportExperimentsOptions): Promise<ExperimentReports> {
  const onNote = (note: string): void => options.onNotice?.(note);
  const trained: Read<ExperimentResults>[] = [];
  const measured: Read<MeasuredResults>[] = [];
  for (const folder of new Set(options.folders.map((each) => path.resolve(each)))) {
    const results = await readExperiment(folder, onNote);
    if ('records' in results) trained.push({path: folder, results});
    else measured.push({path: folder, results});
  }
  const inference = measured.map(({results}) => results.summary);
  const [first] = trained;
  if (first === undefined) {
    if (measured.length === 0) {
      throw new RunnerError('ADDERNET_REPORT_OPTION', 'report: no folder given; expected one run folder or more');
    }
    const files: string[] = [];
    for (const {path: folder, results} of measured) {
      files.push(
        ...(await write(options, folder, 'report', (reporter) => reporter.renderInference?.(results.summary))),
      );
    }
    return {inference, files};
  }
  const isOne = trained.length === 1;
  const {summary, records} = withInference(
    isOne ? first.results : compareExperiments(trained.map(({results}) => results)),
    measured.map(({results}) => results),
  );
  // What is from other folders would be gone from an experiment's own report when that is made anew.
  const own = isOne && measured.length === 0 ? first.path : undefined;
  const files = await write(options, own, isOne ? 'report' : 'comparison', (reporter) =>
    reporter.render(summary, records),
  );
  return {summary, inference, files};
}
