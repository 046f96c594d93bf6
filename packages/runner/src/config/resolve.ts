// SPDX-License-Identifier: Apache-2.0
import type {PartialTrainingSettings} from '@addernet/plugin';
import {ConfigError, UnknownNameError} from '../errors.js';
import {suggest} from '../suggest.js';
import type {ExperimentDefinition} from './definition.js';
import {checkExperiment} from './definition.js';
import {describeIssues} from './issues.js';
import {parseOverrides, type Overrides} from './overrides.js';
import {
  choiceSchema,
  DEFAULT_CONFIG,
  experimentConfigSchema,
  type ExperimentConfig,
  type PartialConfig,
} from './schema.js';
import {leafPaths, merge, valueAt} from './values.js';

/** What a definition is resolved for. */
export interface ResolveOptions {
  /** Name of one of the definition's variants. */
  readonly variant?: string;
  readonly overrides?: Overrides;
  /** The backend is a slow one: onSlowBackend takes part. Default false. */
  readonly slowBackend?: boolean;
  /** Laid below the layer that names the recipes, the strongest of those that do: over what is weaker, under what stands beside the name. */
  readonly recipe?: {readonly name: string; readonly settings: PartialTrainingSettings};
  /** The experiment's file, for errors. */
  readonly file?: string;
}

interface Layer {
  readonly origin: string;
  readonly config: PartialConfig | PartialTrainingSettings;
}

function variantConfig(definition: ExperimentDefinition, variant: string): PartialConfig {
  const variants = definition.variants ?? {};
  const config = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (config !== undefined) return config;
  throw new UnknownNameError('variant', variant, Object.keys(variants), suggest(variant, Object.keys(variants)));
}

function layers(definition: ExperimentDefinition, options: ResolveOptions): Layer[] {
  const {variant, overrides = {}, slowBackend = false, recipe} = options;
  const all: Layer[] = [
    {origin: 'default', config: DEFAULT_CONFIG},
    {origin: 'config', config: definition.config},
    ...(slowBackend && definition.onSlowBackend !== undefined
      ? [{origin: 'onSlowBackend.config', config: definition.onSlowBackend.config}]
      : []),
    ...(variant === undefined ? [] : [{origin: `variant '${variant}'`, config: variantConfig(definition, variant)}]),
    {origin: 'command line', config: parseOverrides(overrides)},
  ];
  if (recipe === undefined) return all;
  const naming = all.findLastIndex(({config}) => 'recipes' in config && config.recipes !== undefined);
  return all.toSpliced(Math.max(naming, 1), 0, {origin: `recipe '${recipe.name}'`, config: recipe.settings});
}

const inFile = <T>(file: string | undefined, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw error instanceof ConfigError && file !== undefined ? error.inFile(file) : error;
  }
};

/**
 * The configuration that holds, from the weakest to the strongest: DEFAULT_CONFIG, the definition's `config`, `onSlowBackend` (only with
 * `slowBackend`), the variant, the overrides. A variant is a choice that the user made by name, so it is stronger than the adjustment for
 * slow backends: a variant that must stay what it is there says its own architecture and sizes. The recipe lies below the layer that names
 * it, so that `--recipe=NAME` holds against the experiment's own settings, and `--epochs` beside it against the recipe. Groups (optimizer, schedule) merge field by
 * field; lists replace.
 *
 * @throws ConfigError naming path, origin, file, what was given and what was expected
 * @throws UnknownNameError for an unknown variant
 */
export function resolveConfig(definition: ExperimentDefinition, options: ResolveOptions = {}): ExperimentConfig {
  const {file} = options;
  return inFile(file, () => {
    const all = layers(checkExperiment(definition), options);
    const merged = all.reduce<unknown>((lower, layer) => merge(lower, layer.config), {});
    const parsed = experimentConfigSchema.safeParse(merged);
    if (parsed.success) return parsed.data;
    const origin = (path: string): string | undefined =>
      all.findLast((layer) => valueAt(layer.config, path.split('.')) !== undefined)?.origin;
    throw new ConfigError(describeIssues(parsed.error, merged, origin));
  });
}

/**
 * What must be known before the plugins are there, and with them the recipes: the backend, the plugins and the names of the recipes. The other
 * fields may be incomplete.
 *
 * @throws ConfigError, UnknownNameError as resolveConfig
 */
export function resolveChoice(
  definition: ExperimentDefinition,
  options: Omit<ResolveOptions, 'recipe'> = {},
): Pick<ExperimentConfig, 'backend' | 'plugins' | 'recipes'> {
  return inFile(options.file, () => {
    const merged = layers(checkExperiment(definition), options).reduce<unknown>(
      (lower, layer) => merge(lower, layer.config),
      {},
    );
    return choiceSchema.parse(merged);
  });
}

/**
 * What onSlowBackend changes under these options: the dotted paths that take effect, and those that a variant or an override sets otherwise.
 * Both are empty without an onSlowBackend.
 */
export function slowBackendEffect(
  definition: ExperimentDefinition,
  options: Omit<ResolveOptions, 'slowBackend'> = {},
): {readonly effective: readonly string[]; readonly overridden: readonly string[]} {
  const paths = leafPaths(definition.onSlowBackend?.config ?? {});
  const stronger = layers(definition, {...options, slowBackend: false}).filter(
    ({origin}) => origin !== 'default' && origin !== 'config',
  );
  const isSet = (path: string): boolean =>
    stronger.some((layer) => valueAt(layer.config, path.split('.')) !== undefined);
  return {effective: paths.filter((path) => !isSet(path)), overridden: paths.filter(isSet)};
}
