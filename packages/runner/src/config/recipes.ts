// SPDX-License-Identifier: Apache-2.0
import type {PartialTrainingSettings, Recipe, RunRecipe} from '@addernet/plugin';
import {ConfigError, UnknownNameError} from '../errors.js';
import {suggest} from '../suggest.js';
import type {ExperimentDefinition} from './definition.js';
import {describeIssues} from './issues.js';
import {resolveChoice, resolveConfig, type ResolveOptions} from './resolve.js';
import {recipeSettingsSchema, type ExperimentConfig} from './schema.js';
import {leafPaths, valueAt} from './values.js';

/** The configuration of one recipe, or of the experiment's own settings where it names none. */
export interface TrainingChoice {
  readonly config: ExperimentConfig;
  /** Absent where the experiment names no recipe. */
  readonly recipe?: RunRecipe;
}

/** The settings by this name: the experiment's own recipe, otherwise one of those that are bound. */
function findSettings(
  definition: ExperimentDefinition,
  bound: readonly Recipe[],
  name: string,
): Required<ResolveOptions>['recipe'] {
  const own = definition.recipes ?? {};
  const settings: PartialTrainingSettings | undefined = Object.hasOwn(own, name)
    ? own[name]
    : bound.find((recipe) => recipe.name === name)?.settings;
  if (settings === undefined) {
    const names = [...new Set([...Object.keys(own), ...bound.map((recipe) => recipe.name)])];
    throw new UnknownNameError('recipe', name, names, suggest(name, names));
  }
  // A plugin's recipe has not been checked so far.
  const parsed = recipeSettingsSchema.safeParse(settings);
  if (!parsed.success) throw new ConfigError(describeIssues(parsed.error, settings, () => `recipe '${name}'`));
  return {name, settings: parsed.data};
}

/** 'addernet-cifar', or 'addernet-cifar with other epochs, batchSize'. */
export function recipeText({name, changed}: RunRecipe): string {
  return changed.length === 0 ? name : `${name} with other ${changed.join(', ')}`;
}

/** Where a configuration differs from a recipe. */
function changedFields(config: ExperimentConfig, settings: unknown): string[] {
  return leafPaths(settings).filter((path) => {
    const parts = path.split('.');
    return JSON.stringify(valueAt(config, parts)) !== JSON.stringify(valueAt(settings, parts));
  });
}

/**
 * The configurations that an experiment is run with: one for each recipe that it names, otherwise the one of its own settings.
 *
 * @param bound recipes that are bound in the container
 * @throws ConfigError, UnknownNameError as resolveConfig; also for a recipe that is not known or whose settings do not fit
 */
export function resolveTrainings(
  definition: ExperimentDefinition,
  bound: readonly Recipe[],
  options: Omit<ResolveOptions, 'recipe'> = {},
): readonly [TrainingChoice, ...TrainingChoice[]] {
  const trainings = resolveChoice(definition, options).recipes.map((name): TrainingChoice => {
    const recipe = findSettings(definition, bound, name);
    const config = resolveConfig(definition, {...options, recipe});
    return {config, recipe: {name, changed: changedFields(config, recipe.settings)}};
  });
  const [first, ...others] = trainings;
  return first === undefined ? [{config: resolveConfig(definition, options)}] : [first, ...others];
}

/** What must be known beside numbers that were made with recipes: what they are, where they come from, and their own notes. */
export function recipeNotes(
  definition: ExperimentDefinition,
  bound: readonly Recipe[],
  trainings: readonly TrainingChoice[],
): string[] {
  return trainings.flatMap(({recipe: used}) => {
    // The experiment's own recipes say no more than their settings.
    const recipe =
      used === undefined || Object.hasOwn(definition.recipes ?? {}, used.name)
        ? undefined
        : bound.find(({name}) => name === used.name);
    if (used === undefined || recipe === undefined) return [];
    const {name, description, source, notes} = recipe;
    return [
      `Recipe ${recipeText(used)}: ${description}. Source: ${source}.`,
      ...notes.map((note) => `Recipe ${name}: ${note}`),
    ];
  });
}

/** What a recipe decides. */
const TRAINING_FIELDS = Object.keys(recipeSettingsSchema.shape);

/**
 * The configuration as config.json has it, every field. With one recipe or none all fields stand side by side; with several, `recipes` has the
 * settings of each by its name.
 */
export function configRecord([first, ...others]: readonly [TrainingChoice, ...TrainingChoice[]]): unknown {
  if (others.length === 0) return first.config;
  const pick = (config: ExperimentConfig, isTraining: boolean): Record<string, unknown> =>
    Object.fromEntries(Object.entries(config).filter(([field]) => TRAINING_FIELDS.includes(field) === isTraining));
  const recipes = [first, ...others].map(({recipe, config}) => [recipe?.name ?? '', pick(config, true)]);
  return {...pick(first.config, false), recipes: Object.fromEntries(recipes)};
}
