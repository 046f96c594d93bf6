// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Names} from './names.js';

/** The templates are files that are compiled and tested as they are, under names that generation replaces. */
const FOLDER = fileURLToPath(new URL('../templates', import.meta.url));

const LICENSE_LINE = /^(?:\/\/|#) SPDX-License-Identifier: .*\n/;

export interface RenderOptions {
  /** Replaces `placeholder-name` and its other forms, in texts and in file names. */
  readonly names: Names;
  /** More to replace, e.g. {'placeholder-package': '@me/fast-adder'}. */
  readonly replacements?: Readonly<Record<string, string>>;
  /** Whether files keep the line that puts them under this repository's license: somebody else's do not. */
  readonly licensed: boolean;
}

/** A template's files with their names replaced, by path. */
export function renderTemplate(template: string, options: RenderOptions): ReadonlyMap<string, string> {
  const root = path.join(FOLDER, template);
  const files = readdirSync(root, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => {
      const text = readFileSync(file, 'utf8');
      const name = path.relative(root, file).split(path.sep).join('/');
      // npm leaves .gitignore files out of packages.
      const target = replaceNames(name, options).replace(/(^|\/)gitignore$/, '$1.gitignore');
      return [target, replaceNames(options.licensed ? text : text.replace(LICENSE_LINE, ''), options)];
    }),
  );
}

function replaceNames(text: string, {names, replacements = {}}: Omit<RenderOptions, 'licensed'>): string {
  const all = {
    ...replacements,
    'placeholder-name': names.kebab,
    placeholderName: names.camel,
    PlaceholderName: names.pascal,
  };
  return Object.entries(all).reduce((result, [from, to]) => result.replaceAll(from, to), text);
}
