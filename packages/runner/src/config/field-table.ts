// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
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
interface SchemaField extends ConfigField {
  readonly schema: z.core.$ZodType;
}

/** The fields of one kind of configuration. */
export interface FieldTable {
  /** Every field, in the schema's order. */
  readonly fields: readonly SchemaField[];
  /** The paths that hold fields of their own: 'optimizer', 'schedule'. */
  readonly groups: readonly string[];
  readonly paths: readonly string[];
  /** Flags for one of a list, e.g. {seed: 'seeds'}. */
  readonly singular: Readonly<Record<string, string>>;
}

/** `optimizer.learningRate` → `optimizer.learning-rate`. */
export const kebabPath = (path: string): string => path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `optimizer.learning-rate` → `optimizer.learningRate`. */
export const camelPath = (path: string): string =>
  path.replace(/-+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());

/** Lists a schema's fields, whose metadata say what fits and what they do. */
export function fieldTable(
  schema: z.core.$ZodType,
  defaults: unknown,
  singular: Readonly<Record<string, string>>,
): FieldTable {
  const fields: SchemaField[] = [];
  const groups: string[] = [];
  const collect = (inner: z.core.$ZodType, path: readonly string[]): void => {
    if (inner instanceof z.ZodObject) {
      if (path.length > 0) groups.push(path.join('.'));
      const shape: Record<string, z.core.$ZodType> = inner.shape;
      for (const [key, member] of Object.entries(shape)) collect(member, [...path, key]);
      return;
    }
    const meta = inner instanceof z.ZodType ? inner.meta() : undefined;
    const dotted = path.join('.');
    const fallback = valueAt(defaults, path);
    fields.push({
      path: dotted,
      flag: `--${kebabPath(dotted)}`,
      expected: typeof meta?.expected === 'string' ? meta.expected : 'another value',
      help: typeof meta?.help === 'string' ? meta.help : '',
      ...(fallback === undefined ? {} : {default: fallback}),
      schema: inner,
    });
  };
  collect(schema, []);
  return {fields, groups, paths: fields.map(({path}) => path), singular};
}

/** The fields without what only the code needs. */
export const publicFields = ({fields}: FieldTable): ConfigField[] => fields.map(({schema: _schema, ...field}) => field);

/** Removes the wrappers that say nothing of the values' type. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema;
}
