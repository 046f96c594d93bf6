// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
import {DEFAULT_CONFIG, experimentConfigSchema} from './schema.js';
import {valueAt} from './values.js';

/** One overridable field. */
export interface ConfigField {
  /** e.g. 'optimizer.learningRate'. */
  readonly path: string;
  /** e.g. '--optimizer.learning-rate'. */
  readonly flag: string;
  /** What values fit, e.g. 'a number > 0'. */
  readonly expected: string;
  readonly help: string;
  /** Absent where the experiment must say it. */
  readonly default?: unknown;
}

/** A field with its schema, for coercion of text. */
export interface SchemaField extends ConfigField {
  readonly schema: z.core.$ZodType;
}

/** `optimizer.learningRate` → `optimizer.learning-rate`. */
export const kebabPath = (path: string): string => path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `optimizer.learning-rate` → `optimizer.learningRate`. */
export const camelPath = (path: string): string =>
  path.replace(/-+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());

function collect(schema: z.core.$ZodType, path: readonly string[], fields: SchemaField[], groups: string[]): void {
  if (schema instanceof z.ZodObject) {
    if (path.length > 0) groups.push(path.join('.'));
    const shape: Record<string, z.core.$ZodType> = schema.shape;
    for (const [key, inner] of Object.entries(shape)) collect(inner, [...path, key], fields, groups);
    return;
  }
  const meta = schema instanceof z.ZodType ? schema.meta() : undefined;
  const dotted = path.join('.');
  const fallback = valueAt(DEFAULT_CONFIG, path);
  fields.push({
    path: dotted,
    flag: `--${kebabPath(dotted)}`,
    expected: typeof meta?.expected === 'string' ? meta.expected : 'another value',
    help: typeof meta?.help === 'string' ? meta.help : '',
    ...(fallback === undefined ? {} : {default: fallback}),
    schema,
  });
}

const collected: SchemaField[] = [];
const collectedGroups: string[] = [];
collect(experimentConfigSchema, [], collected, collectedGroups);

/** Every field, in the schema's order. */
export const schemaFields: readonly SchemaField[] = collected;
/** The paths that hold fields of their own: 'optimizer', 'schedule'. */
export const configGroups: readonly string[] = collectedGroups;
export const fieldPaths: readonly string[] = collected.map((field) => field.path);

/** Every field that a command line can override, with what fits and what it does. */
export function configFields(): ConfigField[] {
  return schemaFields.map(({schema: _schema, ...field}) => field);
}

/** Removes the wrappers that say nothing of the values' type. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema;
}
