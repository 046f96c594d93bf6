// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {LayerRecord, RunPosition} from '@addernet/plugin';
import {z} from 'zod';
import {errorCode} from '../errors.js';
import {inFolder} from './file-errors.js';
import type {RunFolder} from './run-folder.js';

/** Of a run of an experiment's folder. */
export const layersFile = (run: string): string => `${run}/layers.jsonl`;

/** A figure that was not finite has become null in JSON. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const time = {epoch: z.int().min(0), step: z.int().min(0)};
const layer = {layer: z.string(), operator: z.string().exactOptional(), shape: z.array(z.int()).readonly()};

const summarySchema = z.looseObject({
  count: z.int(),
  nonFinite: z.int(),
  mean: z.number(),
  standardDeviation: z.number(),
  minimum: z.number(),
  maximum: z.number(),
  gaussian: z.object({mean: z.number(), standardDeviation: z.number(), logLikelihood: z.number()}).exactOptional(),
  laplace: z.object({median: z.number(), scale: z.number(), logLikelihood: z.number()}).exactOptional(),
});

const recordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('weights'),
    ...time,
    layers: z
      .array(
        z.object({
          ...layer,
          summary: summarySchema,
          histogram: z.object({minimum: z.number(), maximum: z.number(), counts: z.array(z.int()).readonly()}),
        }),
      )
      .readonly(),
  }),
  z.object({
    kind: z.literal('filters'),
    ...time,
    filters: z.object({...layer, values: z.array(z.number().nullable()).readonly()}),
  }),
  z.object({
    kind: z.literal('gradients'),
    ...time,
    layers: z.array(z.object({...layer, norm: figure, adaptedNorm: figure})).readonly(),
  }),
]) satisfies z.ZodType<LayerRecord>;

/** The record of a line; undefined where it is none, as the half of a line that a killed process leaves. */
function parseLine(line: string): LayerRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a run's layers.jsonl says of its layers, in the order of recording; nothing where there is no such file. Lines that are no records (cut off,
 * or of a later version) are passed over.
 *
 * @param folder the experiment's run folder
 * @param run the run's id
 */
export async function readLayerRecords(folder: string, run: string): Promise<LayerRecord[]> {
  let text: string;
  try {
    text = await readFile(path.join(folder, layersFile(run)), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/** Gradients belong to a step; weights belong to the end of an epoch. */
const isBeyond = ({kind, epoch, step}: LayerRecord, position: RunPosition): boolean =>
  kind === 'gradients' ? step > position.step : epoch > position.epochs;

/** A run's layers.jsonl, which grows line by line and can be read at any time. */
export class LayerRecordFile {
  private constructor(
    private readonly folder: RunFolder,
    private readonly name: string,
  ) {}

  /**
   * Begins the file, or goes on with it: without what was recorded beyond the position, since that comes again.
   *
   * @throws OutputFolderError if it cannot be written
   */
  static async open(folder: RunFolder, run: string, resumed?: RunPosition): Promise<LayerRecordFile> {
    const before =
      resumed === undefined ? [] : await inFolder(folder.folder, () => readLayerRecords(folder.folder, run));
    const kept = before.filter((record) => resumed !== undefined && !isBeyond(record, resumed));
    await folder.write(layersFile(run), kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
    return new LayerRecordFile(folder, layersFile(run));
  }

  async append(record: LayerRecord): Promise<void> {
    await this.folder.appendLine(this.name, JSON.stringify(record));
  }
}
