// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
import {fieldTable} from '../config/field-table.js';
import {leaf, names} from '../config/schema.js';

const numbers = (help: string) =>
  leaf(
    z
      .array(z.int().min(1))
      .min(1)
      .refine((list) => new Set(list).size === list.length)
      .readonly(),
    'a list of one or more different integers ≥ 1, e.g. 1,128',
    help,
  );

const imageSchema = z.strictObject({
  height: leaf(z.int().min(1), 'an integer ≥ 1', 'height of the images'),
  width: leaf(z.int().min(1), 'an integer ≥ 1', 'width of the images'),
  channels: leaf(z.int().min(1), 'an integer ≥ 1', 'channels of the images'),
});

/** A complete configuration of an experiment that measures inference. */
export const inferenceConfigSchema = z.strictObject({
  architectures: names('architecture', 'resnet20,vgg-small', 'network structures'),
  operators: names(
    'operator',
    'conv,adder',
    'operators that are compared; the first is what the others are held against',
  ),
  forms: leaf(
    z
      .array(z.enum(['plain', 'fused']))
      .min(1)
      .refine((list) => new Set(list).size === list.length)
      .readonly(),
    "'plain', 'fused' or both",
    'the model as it was trained, and its inference form, in which batch normalisation, residual and ReLU are part of the operator’s layer',
  ),
  backends: names('backend', 'wasm,cpu', "TF.js backends, one after the other; 'available': all that can start here"),
  threads: leaf(
    z.union([z.literal('auto'), z.int().min(1).max(64)]),
    "'auto' or an integer from 1 to 64",
    "threads that a backend's kernels use; 'auto': one for each processor core",
  ),
  batchSizes: numbers('images per call'),
  image: imageSchema,
  classes: leaf(z.int().min(2), 'an integer ≥ 2', 'outputs of the networks'),
  layers: leaf(z.boolean(), 'true or false', 'measure every layer by itself, too'),
  rounds: leaf(
    z.int().min(1),
    'an integer ≥ 1',
    'samples of each candidate; the candidates of a comparison take turns, and every other round runs backwards',
  ),
  sampleMilliseconds: leaf(
    z.number().positive(),
    'a number > 0',
    'least time of a sample; shorter calls are repeated and averaged',
  ),
  comparisonSeconds: leaf(
    z.number().positive(),
    'a number > 0',
    'no further round of a comparison after this time, but three at least',
  ),
  output: leaf(z.string().min(1), 'a folder', 'folder that the run folder is made in'),
  plugins: leaf(
    z.array(z.string().min(1)).readonly(),
    "a list of package names or paths (relative to the experiment's file)",
    "plugins to load, besides the definition's own",
  ),
});

/** Some of such a configuration. */
export const partialInferenceConfigSchema = inferenceConfigSchema
  .partial()
  .extend({image: imageSchema.partial().optional()});

/** Every setting of an inference experiment, resolved. */
export type InferenceConfig = z.output<typeof inferenceConfigSchema>;
/** The settings that somebody gives; the others have defaults. */
export type PartialInferenceConfig = z.output<typeof partialInferenceConfigSchema>;

/** What holds where nothing else is said; `architectures` has no default. */
export const DEFAULT_INFERENCE_CONFIG = {
  operators: ['conv', 'adder'],
  forms: ['plain', 'fused'],
  backends: ['available'],
  threads: 'auto',
  batchSizes: [1, 128],
  image: {height: 32, width: 32, channels: 3},
  classes: 10,
  layers: true,
  rounds: 21,
  sampleMilliseconds: 10,
  comparisonSeconds: 20,
  output: 'runs',
  plugins: [],
} as const satisfies PartialInferenceConfig;

/** The fields of experiments that measure inference. */
export const inferenceFields = fieldTable(inferenceConfigSchema, DEFAULT_INFERENCE_CONFIG, {
  backend: 'backends',
  architecture: 'architectures',
  batchSize: 'batchSizes',
});
