// SPDX-License-Identifier: Apache-2.0
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import {ResumeError} from '../errors.js';
import {EXPERIMENT_VERSION} from '../experiment/experiment-record.js';
import {readJson} from '../run-folder/read-run-folder.js';
import {readRecords} from '../run-folder/run-records.js';
import {experimentSummarySchema} from '../run-folder/summary-schema.js';
import type {ExperimentResults} from './compare-experiments.js';

/**
 * The results in an experiment's folder, as far as they have come.
 *
 * @param onNote told of records that cannot be used
 * @throws ResumeError if the folder is no run folder, one of another version or of another kind of experiment, or has no results yet
 */
export async function readExperiment(folder: string, onNote: (note: string) => void): Promise<ExperimentResults> {
  const absolute = path.resolve(folder);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new ResumeError(
      absolute,
      `${found === undefined ? 'there is no such folder' : 'this is a file'}; expected a folder that \`addernet run\` made`,
    );
  }
  const {version, kind} = await readJson(
    absolute,
    'experiment.json',
    z.looseObject({version: z.unknown(), kind: z.unknown().optional()}),
  );
  if (kind === 'inference') {
    throw new ResumeError(absolute, 'of an experiment that measured inference; expected one that trained');
  }
  if (version !== EXPERIMENT_VERSION) {
    throw new ResumeError(absolute, `of form ${String(version)}; this version reads form ${EXPERIMENT_VERSION}`);
  }
  const summary = await readJson(absolute, 'summary.json', experimentSummarySchema);
  const records = await readRecords(absolute, summary.runs, onNote);
  return {folder: path.basename(absolute), summary, records};
}
