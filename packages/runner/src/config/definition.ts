// SPDX-License-Identifier: Apache-2.0
import type {PartialTrainingSettings} from '@addernet/plugin';
import {z} from 'zod';
import {ConfigError, type ConfigIssue} from '../errors.js';
import {describeIssues} from './issues.js';
import {partialConfigSchema, type PartialConfig, recipeSettingsSchema} from './schema.js';
import {isRecord, leafPaths, show} from './values.js';

/** What an experiment's file exports as its default. */
export interface ExperimentDefinition {
  /** Also the beginning of run folders' names: letters, digits, '-', '_' and '.'. */
  readonly name: string;
  readonly description: string;
  /**
   * Package names, or paths relative to the experiment's file; the module's default export is an inversify ContainerModule or an array of
   * them.
   */
  readonly plugins?: readonly string[];
  /** The quick comparison. What is not said here has DEFAULT_CONFIG's value. */
  readonly config: PartialConfig;
  /** Laid over `config` where the backend is a slow one; the note goes to log, summary and report. */
  readonly onSlowBackend?: {readonly config: PartialConfig; readonly note: string};
  /** By name, e.g. 'paper', 'smoke'; laid over `config` and over `onSlowBackend`. */
  readonly variants?: Readonly<Record<string, PartialConfig>>;
  /** Recipes of its own by name, for `recipes` to choose from besides those that are bound; they say only what they change. */
  readonly recipes?: Readonly<Record<string, PartialTrainingSettings>>;
}

/** Fields that decide which backend there is, so they cannot depend on it. */
const BEFORE_BACKEND = ['backend', 'plugins'];

const shellSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
  description: z.string().min(1),
  plugins: z.array(z.string().min(1)).readonly().optional(),
  config: z.unknown().optional(),
  onSlowBackend: z.strictObject({config: z.unknown().optional(), note: z.string().min(1)}).optional(),
  variants: z.record(z.string().min(1), z.unknown()).optional(),
  recipes: z.record(z.string().min(1), z.unknown()).optional(),
});

const SHELL_EXPECTED: Readonly<Record<string, string>> = {
  name: "a name of letters, digits, '-', '_' and '.', e.g. 'cifar100'",
  description: 'a sentence that says what is compared',
  plugins: 'a list of package names or paths',
  onSlowBackend: '{config, note}',
  'onSlowBackend.note': 'a sentence for the report',
  variants: 'configurations by name',
  recipes: 'settings of training by name',
};

function layerIssues(layer: unknown, name: string): ConfigIssue[] {
  if (!isRecord(layer)) return [{path: name, given: show(layer), expected: 'an object with some of the configuration'}];
  const parsed = partialConfigSchema.safeParse(layer);
  return parsed.success ? [] : describeIssues(parsed.error, layer, () => name);
}

/** Everything wrong with a would-be definition. */
function definitionIssues(value: unknown): ConfigIssue[] {
  if (!isRecord(value)) {
    return [{path: '', given: show(value), expected: 'an experiment: export default defineExperiment({…})'}];
  }
  const issues: ConfigIssue[] = [];
  const shell = shellSchema.safeParse(value);
  if (!shell.success) {
    for (const issue of shell.error.issues) {
      const path = issue.path.map(String).join('.');
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) {
          const valid = path === '' ? Object.keys(shellSchema.shape) : ['config', 'note'];
          issues.push({
            path: path === '' ? key : `${path}.${key}`,
            given: 'an unknown field',
            expected: `one of ${valid.join(', ')}`,
          });
        }
        continue;
      }
      const given = issue.path.reduce<unknown>(
        (inner, key) => (isRecord(inner) && typeof key === 'string' ? inner[key] : inner),
        value,
      );
      const field = Object.keys(SHELL_EXPECTED).findLast((key) => path === key || path.startsWith(`${key}.`));
      issues.push({
        path,
        given: show(given),
        expected: field === undefined ? issue.message : (SHELL_EXPECTED[field] ?? issue.message),
      });
    }
  }
  issues.push(...layerIssues(value.config, 'config'));
  if (isRecord(value.onSlowBackend)) {
    const layer = value.onSlowBackend.config;
    issues.push(...layerIssues(layer, 'onSlowBackend.config'));
    for (const path of leafPaths(layer)) {
      if (BEFORE_BACKEND.includes(path.split('.')[0] ?? path)) {
        issues.push({path, given: 'a value', expected: 'none: it decides the backend', origin: 'onSlowBackend.config'});
      }
    }
  }
  if (isRecord(value.variants)) {
    for (const [name, layer] of Object.entries(value.variants)) issues.push(...layerIssues(layer, `variant '${name}'`));
  }
  if (isRecord(value.recipes)) {
    for (const [name, settings] of Object.entries(value.recipes)) {
      const parsed = recipeSettingsSchema.safeParse(settings);
      if (!parsed.success) issues.push(...describeIssues(parsed.error, settings, () => `recipe '${name}'`));
    }
  }
  return issues;
}

/** True for a valid definition; see checkExperiment for what is wrong with another. */
export function isExperimentDefinition(value: unknown): value is ExperimentDefinition {
  return definitionIssues(value).length === 0;
}

/**
 * Whatever a file exports, as a definition.
 *
 * @throws ConfigError naming everything that is wrong, and the file
 */
export function checkExperiment(value: unknown, file?: string): ExperimentDefinition {
  if (isExperimentDefinition(value)) return value;
  throw new ConfigError(definitionIssues(value), file);
}

/**
 * Types an experiment and checks it at once.
 *
 * @throws ConfigError naming everything that is wrong
 * @example
 * export default defineExperiment({
 *   name: 'cifar100', description: 'Adder against convolution',
 *   config: {datasets: ['cifar100'], architectures: ['resnet20'], epochs: 10},
 * });
 */
export function defineExperiment(definition: ExperimentDefinition): ExperimentDefinition {
  return checkExperiment(definition);
}
