// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {EditError} from './errors.js';
import type {Tree} from './tree.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EditError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (!isObject(value)) throw new EditError(`${file} holds ${JSON.stringify(value)}; expected an object`);
  return value;
}

/** @returns undefined where there is none. @throws EditError where it is not an object in JSON */
export function readPackageJson(tree: Tree, file: string): Record<string, unknown> | undefined {
  const text = tree.read(file);
  return text === undefined ? undefined : parseObject(text, file);
}

/** Adds to a package.json what it does not say yet, level by level; what it says stays. */
export function extendPackageJson(tree: Tree, file: string, additions: Readonly<Record<string, unknown>>): void {
  const text = tree.read(file) ?? '{}';
  const indentation = /^\{\s*?\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const extended = extend(parseObject(text, file), additions);
  tree.write(file, `${JSON.stringify(extended, undefined, indentation)}\n`);
}

function extend(
  present: Record<string, unknown>,
  additions: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = {...present};
  for (const [field, value] of Object.entries(additions)) {
    const own = result[field];
    if (own === undefined) result[field] = value;
    else if (isObject(own) && isObject(value)) result[field] = extend(own, value);
  }
  return result;
}

/** This package's own package.json: the versions there are those that the templates are tested with. */
const own = parseObject(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  '@addernet/create/package.json',
);

export const version = String(own['version']);

/** The versions of packages that generated code uses, as this release of the templates was tested with them. */
export function exactVersions(...names: readonly string[]): Record<string, string> {
  const tested = own['devDependencies'];
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const exact = isObject(tested) ? tested[name] : undefined;
      if (typeof exact !== 'string') throw new Error(`@addernet/create is not tested with ${name}`);
      return [name, exact];
    }),
  );
}

/** The same as ranges that begin with them. */
export const ranges = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(exactVersions(...names)).map(([name, exact]) => [name, `^${exact}`]));
