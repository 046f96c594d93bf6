// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** The repository's folder. */
export const workspace = fileURLToPath(new URL('..', import.meta.url));

const folders = readdirSync(path.join(workspace, 'packages')).map((name) => path.join('packages', name));

/**
 * The published packages.
 *
 * @type {readonly {readonly name: string; readonly folder: string; readonly exports: Readonly<Record<string, unknown>>}[]}
 */
export const published = [...folders, 'tools/nx-plugin'].flatMap((name) => {
  const folder = path.join(workspace, name);
  const {
    name: packageName,
    exports,
    private: hidden,
  } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return hidden === true ? [] : [{name: packageName, folder, exports}];
});

/**
 * What can be imported of them, with its source. `/register` acts on import and exports nothing.
 *
 * @type {readonly {readonly name: string; readonly source: string}[]}
 */
export const entries = published.flatMap(({name, folder, exports}) =>
  Object.entries(exports).flatMap(([entry, target]) => {
    const source = target['@addernet/source'];
    if (typeof source !== 'string' || entry === './register') return [];
    return [{name: path.posix.join(name, entry), source: path.join(folder, source)}];
  }),
);
