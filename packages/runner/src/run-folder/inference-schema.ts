// SPDX-License-Identifier: Apache-2.0
import type {CallTimes, InferenceSummary, RelativeTime} from '@addernet/plugin';
import {z} from 'zod';
import {layerKindSchema, machineRatesSchema, modelCostsSchema} from './costs-schema.js';

const timesSchema = z.looseObject({
  median: z.number(),
  lower: z.number(),
  upper: z.number(),
  fastest: z.number(),
  cpuMedian: z.number(),
  samples: z.int(),
  callsPerSample: z.number(),
}) satisfies z.ZodType<CallTimes>;

/** A ratio to no time at all (of a clock that is too coarse) has become null in JSON. */
const ratio = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const relativeSchema = z.looseObject({
  median: ratio,
  lower: ratio,
  upper: ratio,
  cpuMedian: ratio,
}) satisfies z.ZodType<RelativeTime>;

const measurement = {
  backend: z.string(),
  architecture: z.string(),
  form: z.enum(['plain', 'fused']),
  batch: z.int().min(1),
  times: timesSchema,
  relative: relativeSchema.exactOptional(),
};

/** summary.json of an experiment that measured inference. Entries of later versions are kept. */
export const inferenceSummarySchema = z.looseObject({
  kind: z.literal('inference'),
  name: z.string(),
  description: z.string(),
  status: z.enum(['finished', 'interrupted', 'failed']),
  startedAt: z.string(),
  seconds: z.number(),
  notes: z.array(z.string()).readonly(),
  config: z.unknown(),
  environment: z.record(z.string(), z.string()),
  machines: z.array(machineRatesSchema).readonly(),
  models: z.array(z.looseObject({architecture: z.string(), operator: z.string(), costs: modelCostsSchema})).readonly(),
  modelMeasurements: z
    .array(z.looseObject({...measurement, operator: z.string(), relativeToPlain: relativeSchema.exactOptional()}))
    .readonly(),
  layerMeasurements: z
    .array(
      z.looseObject({
        ...measurement,
        kind: layerKindSchema,
        operator: z.string().exactOptional(),
        layers: z.array(z.string()).min(1).readonly(),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<InferenceSummary>;
