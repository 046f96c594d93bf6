// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';

/** Of the form of run folders; another number is refused. */
export const EXPERIMENT_VERSION = 1;

export const experimentRecordSchema = z.strictObject({
  version: z.literal(EXPERIMENT_VERSION),
  name: z.string(),
  description: z.string(),
  startedAt: z.string(),
  plugins: z.array(z.string()).readonly(),
  pluginFolder: z.string(),
  workingFolder: z.string(),
  notes: z.array(z.string()).readonly(),
  dataRoot: z.string().exactOptional(),
  resumed: z.int().min(0),
});

/** experiment.json: what a process needs, besides config.json, to go on with the runs of another. */
export interface ExperimentRecord {
  readonly version: typeof EXPERIMENT_VERSION;
  readonly name: string;
  readonly description: string;
  readonly startedAt: string;
  /** The definition's and the configuration's. */
  readonly plugins: readonly string[];
  /** Folder that plugins are looked for from. */
  readonly pluginFolder: string;
  readonly workingFolder: string;
  /** Of the configuration's choice. */
  readonly notes: readonly string[];
  readonly dataRoot?: string;
  /** How often it was resumed. */
  readonly resumed: number;
}
