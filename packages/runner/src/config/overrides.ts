// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
import {ConfigError, type ConfigIssue} from '../errors.js';
import {suggest} from '../suggest.js';
import {partialConfigSchema, type PartialConfig} from './schema.js';
import {camelPath, kebabPath, unwrap, type FieldTable} from './field-table.js';
import {trainingFields} from './fields.js';
import {describeIssues} from './issues.js';
import {merge, show} from './values.js';

/** Overrides as the command line gives them: dotted path (kebab or camel case) → text. */
export type Overrides = Readonly<Record<string, string>>;

/** Number of runs that '--seeds=3' may ask for; a larger number is more likely meant as one seed. */
const MAX_SEED_COUNT = 1000;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The text as the schema's type, or the text itself where it does not fit (the schema then says what is expected). */
function coerce(text: string, wrapped: z.core.$ZodType): unknown {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodArray) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => coerce(part, schema.element));
  }
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) {
      const value = coerce(text, option);
      if (z.safeParse(option, value).success) return value;
    }
    return NUMBER.test(text) ? Number(text) : text;
  }
  if (schema instanceof z.ZodNumber) return NUMBER.test(text.trim()) ? Number(text) : text;
  if (schema instanceof z.ZodBoolean) {
    const word = text.trim().toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : text;
  }
  return text.trim();
}

/** '3' → [0, 1, 2]; '7,8' and '7,' → the list. */
function coerceSeeds(text: string, schema: z.core.$ZodType): unknown {
  const trimmed = text.trim();
  if (trimmed.includes(',') || !/^\d+$/.test(trimmed)) return coerce(text, schema);
  const count = Number(trimmed);
  return count >= 1 && count <= MAX_SEED_COUNT ? Array.from({length: count}, (_, index) => index) : trimmed;
}

function unknownFieldIssue(key: string, {groups, paths, singular}: FieldTable): ConfigIssue {
  const known = [...paths, ...Object.keys(singular)];
  const camel = camelPath(key);
  if (groups.includes(camel)) {
    const within = paths.filter((path) => path.startsWith(`${camel}.`)).map((path) => `--${kebabPath(path)}`);
    return {path: camel, given: 'a value for the group', expected: `one of its fields: ${within.join(', ')}`};
  }
  const near = suggest(camel, known);
  return {
    path: key,
    given: 'an unknown field',
    expected:
      near === undefined ? `one of ${known.map((path) => `--${kebabPath(path)}`).join(', ')}` : `--${kebabPath(near)}?`,
  };
}

/**
 * Reads overrides by the schema's types: `{'optimizer.learning-rate': '0.1', operators: 'adder,conv'}`. Every value is checked.
 *
 * @throws ConfigError naming each path that is unknown, given twice or of the wrong type
 */
export const parseOverrides = (overrides: Overrides): PartialConfig =>
  readOverrides(overrides, trainingFields, partialConfigSchema);

/** `parseOverrides` for any kind of configuration. */
export function readOverrides<T>(overrides: Overrides, table: FieldTable, schema: z.ZodType<T>): T {
  const issues: ConfigIssue[] = [];
  const spelling = new Map<string, string>();
  let raw: unknown = {};
  for (const [key, text] of Object.entries(overrides)) {
    const camel = camelPath(key);
    const path = table.singular[camel] ?? camel;
    const field = table.fields.find((candidate) => candidate.path === path);
    if (field === undefined) {
      issues.push(unknownFieldIssue(key, table));
      continue;
    }
    const before = spelling.get(path);
    if (before !== undefined) {
      issues.push({path, given: `both --${before} and --${key}`, expected: 'one of them'});
      continue;
    }
    spelling.set(path, key);
    const value =
      camel === 'seed'
        ? [NUMBER.test(text.trim()) ? Number(text) : text]
        : path === 'seeds'
          ? coerceSeeds(text, field.schema)
          : coerce(text, field.schema);
    if (camel === 'seeds' && typeof value === 'string') {
      issues.push({
        path,
        given: show(text),
        expected: `a number of seeds from 1 to ${MAX_SEED_COUNT}, or a list such as 7,8 (one seed: --seed=${text.trim()})`,
      });
      continue;
    }
    raw = merge(
      raw,
      path.split('.').reduceRight<unknown>((inner, part) => ({[part]: inner}), value),
    );
  }
  const parsed = schema.safeParse(raw);
  const origin = (path: string): string => `--${spelling.get(path) ?? kebabPath(path)}`;
  if (!parsed.success) issues.push(...describeIssues(parsed.error, raw, origin, table));
  if (issues.length > 0 || !parsed.success) throw new ConfigError(issues);
  return parsed.data;
}

/**
 * Reads arguments: `--path=value`, `--path value`, a bare `--flag` ('true') and `--no-flag` ('false').
 *
 * @param table the configuration's fields, of which some are switches; default those of training
 * @throws ConfigError on an argument that is not of this form
 */
export function parseOverrideArguments(
  args: readonly string[],
  table: FieldTable = trainingFields,
): Record<string, string> {
  const overrides = new Map<string, string>();
  const put = (key: string, value: string): void => {
    if (overrides.has(key)) throw new ConfigError([{path: key, given: `--${key} twice`, expected: 'it once'}]);
    overrides.set(key, value);
  };
  const isSwitch = (key: string): boolean =>
    table.fields.some((field) => field.path === camelPath(key) && unwrap(field.schema) instanceof z.ZodBoolean);
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    const match = /^--([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(argument);
    const key = match?.[1];
    if (key === undefined) {
      throw new ConfigError([{path: '', given: show(argument), expected: 'an override such as --epochs=2'}]);
    }
    const value = match?.[2];
    const next = args[index + 1];
    if (value !== undefined) put(key, value);
    else if (key.startsWith('no-') && isSwitch(key.slice(3))) put(key.slice(3), 'false');
    else if (isSwitch(key)) {
      // A switch takes a following word only if that is true or false, so that `--augmentation FILE` is not misread.
      const taken = next === 'true' || next === 'false';
      put(key, taken ? next : 'true');
      if (taken) index++;
    } else if (next !== undefined && !next.startsWith('--')) {
      put(key, next);
      index++;
    } else {
      throw new ConfigError([{path: camelPath(key), given: `--${key} without a value`, expected: `--${key}=VALUE`}]);
    }
  }
  return Object.fromEntries(overrides);
}
