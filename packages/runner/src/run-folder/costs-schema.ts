// SPDX-License-Identifier: Apache-2.0
import type {MachineRates, ModelCosts} from '@addernet/plugin';
import {z} from 'zod';

const energy = z.looseObject({float32: z.number(), int8: z.number()});
const perOperation = z.looseObject({multiplication: z.number(), addition: z.number()});

export const layerKindSchema = z.enum([
  'operator',
  'batch-normalization',
  'activation',
  'pooling',
  'addition',
  'other',
]);

const layerSchema = z.looseObject({
  layer: z.string(),
  className: z.string(),
  kind: layerKindSchema,
  operator: z.string().exactOptional(),
  taps: z.number(),
  counted: z.boolean(),
  outputShape: z.array(z.number()).readonly(),
  inputElements: z.number(),
  outputElements: z.number(),
  weightElements: z.number(),
  parameters: z.number(),
  trainableParameters: z.number(),
  multiplications: z.number(),
  additions: z.number(),
  energy,
  absorbed: z.array(z.string()).readonly().exactOptional(),
});

/** A model's costs, as summary.json has them. */
export const modelCostsSchema = z.looseObject({
  layers: z.array(layerSchema).readonly(),
  fusedLayers: z.array(layerSchema).readonly().exactOptional(),
  operationEnergy: z.looseObject({float32: perOperation, int8: perOperation}),
  energySources: z.array(z.string()).readonly(),
}) satisfies z.ZodType<ModelCosts>;

/** A backend's rates, as summary.json has them. */
export const machineRatesSchema = z.looseObject({
  backend: z.string(),
  peaks: z.array(z.looseObject({operator: z.string(), operationsPerSecond: z.number()})).readonly(),
  bytesPerSecond: z.number(),
  source: z.string(),
}) satisfies z.ZodType<MachineRates>;
