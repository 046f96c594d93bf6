// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, FeatureMap, RunRecipe, RunSummary} from '@addernet/plugin';
import {z} from 'zod';
import {metricsSchema} from '../checkpoints/training-state.js';
import {machineRatesSchema, modelCostsSchema} from './costs-schema.js';
import {inferenceSummarySchema} from './inference-schema.js';

const provenanceSchema = z.looseObject({
  kind: z.enum(['official', 'partial', 'synthetic']),
  label: z.string(),
  path: z.string().exactOptional(),
});

/** A loss that was not finite has become null in JSON. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const featureMapSchema = z.looseObject({
  layer: z.string(),
  dimensions: z.int(),
  method: z.enum(['plain', 'umap']),
  classNames: z.array(z.string()).readonly(),
  // NaN has become null in JSON.
  points: z.array(z.tuple([figure, figure, z.int()]).readonly()).readonly(),
  filters: z
    .object({kind: z.enum(['centers', 'directions']), values: z.array(z.tuple([figure, figure]).readonly()).readonly()})
    .exactOptional(),
}) satisfies z.ZodType<FeatureMap>;

export const runRecipeSchema = z.strictObject({
  name: z.string(),
  changed: z.array(z.string()).readonly(),
}) satisfies z.ZodType<RunRecipe>;

export const runSummarySchema = z.looseObject({
  id: z.string(),
  status: z.enum(['finished', 'diverged', 'interrupted', 'failed']),
  error: z.string().exactOptional(),
  dataset: z.string(),
  trainData: provenanceSchema,
  testData: provenanceSchema,
  trainImages: z.int(),
  testImages: z.int(),
  splitSizes: z.object({train: z.int(), test: z.int()}).exactOptional(),
  numClasses: z.int().exactOptional(),
  architecture: z.string(),
  operator: z.string(),
  recipe: runRecipeSchema.exactOptional(),
  backend: z.string(),
  seed: z.int(),
  parameters: z.number(),
  trainableParameters: z.number(),
  operations: z.looseObject({multiplications: z.number(), additions: z.number()}),
  costs: modelCostsSchema.exactOptional(),
  epochsPlanned: z.int(),
  epochs: z.array(metricsSchema).readonly(),
  final: z.object({top1: figure, top5: figure, loss: figure, imagesPerSecond: figure}).exactOptional(),
  features: featureMapSchema.exactOptional(),
  startedAt: z.string(),
  seconds: z.number(),
}) satisfies z.ZodType<RunSummary>;

/** summary.json. Entries of later versions are kept. */
export const experimentSummarySchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  startedAt: z.string(),
  seconds: z.number(),
  notes: z.array(z.string()).readonly(),
  config: z.unknown(),
  environment: z.record(z.string(), z.string()),
  machine: machineRatesSchema.exactOptional(),
  inference: z
    .array(
      z.looseObject({
        folder: z.string().exactOptional(),
        datasets: z.array(z.string()).readonly().exactOptional(),
        summary: inferenceSummarySchema,
      }),
    )
    .readonly()
    .exactOptional(),
  runs: z.array(runSummarySchema).readonly(),
}) satisfies z.ZodType<ExperimentSummary>;
