// SPDX-License-Identifier: Apache-2.0
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import {ResumeError} from '../errors.js';
import {EXPERIMENT_VERSION} from '../experiment/experiment-record.js';
import {inferenceSummarySchema} from '../run-folder/inference-schema.js';
import {readJson, readJsonIfThere} from '../run-folder/read-run-folder.js';
import {readRecords} from '../run-folder/run-records.js';
import {experimentSummarySchema} from '../run-folder/summary-schema.js';
import type {ExperimentResults, MeasuredResults} from './compare-experiments.js';

/**
 * The results in an experiment's folder, as far as they have come.
 *
 * @param onNote told of records that cannot be used
 * @throws ResumeError if the folder is no run folder, one of another version, or has no results yet
 */
export async function readExperiment(
  folder: string,
  onNote: (note: string) => void,
): Promise<ExperimentResults | MeasuredResults> {
  const absolute = path.resolve(folder);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new ResumeError(
      absolute,
      `${found === undefined ? 'there is no such folder' : 'this is a file'}; expected a folder that \`addernet run\` made`,
    );
  }
  const any = z.looseObject({kind: z.unknown().optional()});
  if ((await readJsonIfThere(absolute, 'summary.json', any))?.kind === 'inference') {
    return {
      folder: path.basename(absolute),
      summary: await readJson(absolute, 'summary.json', inferenceSummarySchema),
    };
  }
  const {version} = await readJson(absolute, 'experiment.json', z.looseObject({version: z.unknown()}));
  if (version !== EXPERIMENT_VERSION) {
    throw new ResumeError(absolute, `of form ${String(version)}; this version reads form ${EXPERIMENT_VERSION}`);
  }
  const summary = await readJson(absolute, 'summary.json', experimentSummarySchema);
  const records = await readRecords(absolute, summary.runs, onNote);
  return {folder: path.basename(absolute), summary, records};
}
