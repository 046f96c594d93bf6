// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
import type {TrainingChoice} from '../config/recipes.js';
import {experimentConfigSchema} from '../config/schema.js';
import {runRecipeSchema} from '../run-folder/summary-schema.js';

/** Of the form of run folders; another number is refused. */
export const EXPERIMENT_VERSION = 1;

const trainingSchema = z.strictObject({
  recipe: runRecipeSchema.exactOptional(),
  config: experimentConfigSchema,
}) satisfies z.ZodType<TrainingChoice>;

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
  trainings: z.tuple([trainingSchema], trainingSchema).readonly(),
});

/** experiment.json: what a process needs to go on with the runs of another. */
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
  /** The configurations that hold, as config.json has them for people. */
  readonly trainings: readonly [TrainingChoice, ...TrainingChoice[]];
}
