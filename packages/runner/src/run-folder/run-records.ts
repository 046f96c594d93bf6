// SPDX-License-Identifier: Apache-2.0
import type {EvaluationRecord, RunRecords} from '@addernet/plugin';
import {z} from 'zod';
import {errorText} from '../errors.js';
import {readLayerRecords} from './layer-records.js';
import {readJsonIfThere} from './read-run-folder.js';
import type {RunFolder} from './run-folder.js';

/** Of the form of evaluation.json; another number is refused. */
const EVALUATION_VERSION = 1;

const imageSchema = z
  .object({height: z.int().min(1), width: z.int().min(1), channels: z.int().min(1), pixels: z.base64()})
  .refine(({height, width, channels, pixels}) => Buffer.byteLength(pixels, 'base64') === height * width * channels, {
    message: 'as many pixels as height × width × channels',
  });

const evaluationSchema = z.object({
  version: z.literal(EVALUATION_VERSION),
  epoch: z.int().min(1),
  images: z.int().min(0),
  classNames: z.array(z.string()).readonly(),
  classGroups: z
    .array(z.object({name: z.string(), classes: z.array(z.int().min(0)).readonly()}))
    .readonly()
    .exactOptional(),
  confusion: z
    .array(z.tuple([z.int().min(0), z.int().min(0), z.int().min(1)]).readonly())
    .readonly()
    .exactOptional(),
  topLosses: z
    .array(
      z.object({
        index: z.int().min(0),
        label: z.int().min(0),
        predicted: z.int().min(0),
        predictedProbability: z.number(),
        labelProbability: z.number(),
        loss: z.number(),
        image: imageSchema,
      }),
    )
    .readonly()
    .exactOptional(),
}) satisfies z.ZodType<EvaluationRecord>;

const evaluationFile = (run: string): string => `${run}/evaluation.json`;

/** Replaces a run's evaluation.json. */
export async function writeEvaluation(folder: RunFolder, run: string, record: EvaluationRecord): Promise<void> {
  // On one line: a matrix of numbers is four times as long indented.
  await folder.write(evaluationFile(run), `${JSON.stringify({version: EVALUATION_VERSION, ...record})}\n`);
}

/**
 * What the runs of a folder recorded besides their summaries, by run id.
 *
 * @param onNote told of a file that is there and cannot be used; the other files are
 */
export async function readRecords(
  folder: string,
  runs: readonly {readonly id: string}[],
  onNote: (note: string) => void,
): Promise<ReadonlyMap<string, RunRecords>> {
  const records = new Map<string, RunRecords>();
  for (const {id: run} of runs) {
    try {
      const evaluation = await readJsonIfThere(folder, evaluationFile(run), evaluationSchema);
      const layers = await readLayerRecords(folder, run);
      records.set(run, {
        ...(evaluation === undefined ? {} : {evaluation}),
        ...(layers.length === 0 ? {} : {layers}),
      });
    } catch (error) {
      onNote(`${errorText(error)}; the report is without it.`);
    }
  }
  return records;
}
