// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
import {describeIssues} from '../config/issues.js';
import {readOverrides, type Overrides} from '../config/overrides.js';
import {isRecord, merge, show, valueAt} from '../config/values.js';
import {ConfigError, UnknownNameError, type ConfigIssue} from '../errors.js';
import {suggest} from '../suggest.js';
import {
  DEFAULT_INFERENCE_CONFIG,
  inferenceConfigSchema,
  inferenceFields,
  partialInferenceConfigSchema,
  type InferenceConfig,
  type PartialInferenceConfig,
} from './schema.js';

/** What the file of an experiment that measures inference exports as its default. */
export interface InferenceDefinition {
  readonly kind: 'inference';
  /** Also the beginning of run folders' names: letters, digits, '-', '_' and '.'. */
  readonly name: string;
  readonly description: string;
  /** Package names, or paths relative to the experiment's file. */
  readonly plugins?: readonly string[];
  /** What is not said here has DEFAULT_INFERENCE_CONFIG's value. */
  readonly config: PartialInferenceConfig;
  /** By name; laid over `config`. */
  readonly variants?: Readonly<Record<string, PartialInferenceConfig>>;
}

const shellSchema = z.strictObject({
  kind: z.literal('inference').meta({expected: "'inference'"}),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/)
    .meta({expected: "a name of letters, digits, '-', '_' and '.', e.g. 'inference'"}),
  description: z.string().min(1).meta({expected: 'a sentence that says what is compared'}),
  plugins: z.array(z.string().min(1)).readonly().optional().meta({expected: 'a list of package names or paths'}),
  config: z.unknown(),
  variants: z.record(z.string().min(1), z.unknown()).optional().meta({expected: 'configurations by name'}),
});

function shellIssues(value: Record<string, unknown>): ConfigIssue[] {
  const parsed = shellSchema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue): ConfigIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      const valid = Object.keys(shellSchema.shape).join(', ');
      return issue.keys.map((path) => ({path, given: 'an unknown field', expected: `one of ${valid}`}));
    }
    const [key] = issue.path;
    const field = Object.entries(shellSchema.shape).find(([name]) => name === key)?.[1];
    const expected = field instanceof z.ZodType ? field.meta()?.expected : undefined;
    return [
      {
        path: issue.path.map(String).join('.'),
        given: show(typeof key === 'string' ? value[key] : undefined),
        expected: typeof expected === 'string' ? expected : issue.message,
      },
    ];
  });
}

function layerIssues(layer: unknown, name: string): ConfigIssue[] {
  if (!isRecord(layer)) return [{path: name, given: show(layer), expected: 'an object with some of the configuration'}];
  const parsed = partialInferenceConfigSchema.safeParse(layer);
  return parsed.success ? [] : describeIssues(parsed.error, layer, () => name, inferenceFields);
}

function definitionIssues(value: unknown): ConfigIssue[] {
  if (!isRecord(value)) {
    return [{path: '', given: show(value), expected: 'an experiment: export default defineInference({…})'}];
  }
  const variants = isRecord(value.variants) ? Object.entries(value.variants) : [];
  return [
    ...shellIssues(value),
    ...layerIssues(value.config, 'config'),
    ...variants.flatMap(([name, layer]) => layerIssues(layer, `variant '${name}'`)),
  ];
}

const isInferenceDefinition = (value: unknown): value is InferenceDefinition => definitionIssues(value).length === 0;

/** Whether a file's export says of itself that it measures inference, right or wrong. */
export const isOfInference = (value: unknown): boolean => isRecord(value) && value.kind === 'inference';

/**
 * Whatever a file exports, as a definition.
 *
 * @throws ConfigError naming everything that is wrong, and the file
 */
export function checkInference(value: unknown, file?: string): InferenceDefinition {
  if (isInferenceDefinition(value)) return value;
  throw new ConfigError(definitionIssues(value), file);
}

/**
 * Types an experiment that measures inference and checks it at once.
 *
 * @throws ConfigError naming everything that is wrong
 * @example
 * export default defineInference({
 *   name: 'inference', description: 'Adder against convolution',
 *   config: {architectures: ['resnet20'], backends: ['wasm']},
 * });
 */
export const defineInference = (definition: Omit<InferenceDefinition, 'kind'>): InferenceDefinition =>
  checkInference({...definition, kind: 'inference'});

export interface ResolveInferenceOptions {
  /** Name of one of the definition's variants. */
  readonly variant?: string;
  readonly overrides?: Overrides;
  /** The experiment's file, for errors. */
  readonly file?: string;
}

/**
 * The configuration that holds, from the weakest to the strongest: DEFAULT_INFERENCE_CONFIG, the definition's `config`, the variant, the overrides.
 *
 * @throws ConfigError naming path, origin, file, what was given and what was expected
 * @throws UnknownNameError for an unknown variant
 */
export function resolveInference(
  definition: InferenceDefinition,
  {variant, overrides = {}, file}: ResolveInferenceOptions = {},
): InferenceConfig {
  const variants = checkInference(definition, file).variants ?? {};
  const chosen = variant === undefined ? undefined : Object.entries(variants).find(([name]) => name === variant);
  if (variant !== undefined && chosen === undefined) {
    throw new UnknownNameError('variant', variant, Object.keys(variants), suggest(variant, Object.keys(variants)));
  }
  const layers = [
    {origin: 'default', config: DEFAULT_INFERENCE_CONFIG},
    {origin: 'config', config: definition.config},
    ...(chosen === undefined ? [] : [{origin: `variant '${chosen[0]}'`, config: chosen[1]}]),
    {origin: 'command line', config: readOverrides(overrides, inferenceFields, partialInferenceConfigSchema)},
  ];
  const merged = layers.reduce<unknown>((lower, {config}) => merge(lower, config), {});
  const parsed = inferenceConfigSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const origin = (path: string): string | undefined =>
    layers.findLast(({config}) => valueAt(config, path.split('.')) !== undefined)?.origin;
  throw new ConfigError(describeIssues(parsed.error, merged, origin, inferenceFields), file);
}
