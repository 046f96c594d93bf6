// SPDX-License-Identifier: Apache-2.0
import type {z} from 'zod';
import type {ConfigIssue} from '../errors.js';
import {suggest} from '../suggest.js';
import type {FieldTable} from './field-table.js';
import {trainingFields} from './fields.js';
import {show, valueAt} from './values.js';

const dotted = (path: readonly PropertyKey[]): string => path.map(String).join('.');

function expectedAt(path: readonly PropertyKey[], message: string, {fields, groups, paths}: FieldTable): string {
  // An issue within a list ('seeds.1') is described by the list's field.
  for (let length = path.length; length > 0; length--) {
    const field = fields.find((candidate) => candidate.path === dotted(path.slice(0, length)));
    if (field !== undefined) return field.expected;
  }
  const group = dotted(path);
  if (group === '' || groups.includes(group)) {
    const prefix = group === '' ? '' : `${group}.`;
    return `an object with ${paths.filter((candidate) => candidate.startsWith(prefix)).join(', ')}`;
  }
  return message;
}

/**
 * Zod's issues in the runner's words: what was given at which path, what was expected.
 *
 * @param origin says where the value at a path came from
 * @param table the configuration's fields; default those of training
 */
export function describeIssues(
  error: z.ZodError,
  input: unknown,
  origin: (path: string) => string | undefined,
  table: FieldTable = trainingFields,
): ConfigIssue[] {
  const {fields, paths} = table;
  const seen = new Set<string>();
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const parent = dotted(issue.path);
      const valid =
        parent === ''
          ? [...new Set(paths.map((path) => path.split('.')[0] ?? path))]
          : paths.filter((path) => path.startsWith(`${parent}.`));
      return issue.keys.map((key) => {
        const path = parent === '' ? key : `${parent}.${key}`;
        const near = suggest(path, paths) ?? suggest(key, valid);
        const from = origin(path);
        return {
          path,
          given: 'an unknown field',
          expected: near === undefined ? `one of ${valid.join(', ')}` : `${near}?`,
          ...(from === undefined ? {} : {origin: from}),
        };
      });
    }
    const path = dotted(issue.path);
    // A list with two bad members is one mistake to read about; a refinement after a type error as well.
    const field = fields.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}.`));
    const key = field?.path ?? path;
    if (seen.has(key)) return [];
    seen.add(key);
    const from = origin(key);
    return [
      {
        path,
        given: show(valueAt(input, issue.path)),
        expected:
          issue.code === 'custom' && issue.message !== 'Invalid input'
            ? issue.message
            : expectedAt(issue.path, issue.message, table),
        ...(from === undefined ? {} : {origin: from}),
      },
    ];
  });
}
