// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {workspace} from '../entries.mjs';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Reads a package.json. */
export const readManifest = (...parts: string[]): Manifest => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

/** The folders of all packages, published or not. */
export const packageFolders = ['packages', 'tools', 'e2e']
  .flatMap((group) => readdirSync(path.join(workspace, group)).map((name) => path.join(group, name)))
  .concat('docs')
  .filter((name) => existsSync(path.join(workspace, name, 'package.json')));
