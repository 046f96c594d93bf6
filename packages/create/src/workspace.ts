// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {ExistsError, GenerateError} from './errors.js';
import {readPackageJson} from './package-json.js';
import type {Tree} from './tree.js';

/** Whether the tree is Addernet's own repository, where what is generated goes into the packages that are there. */
export function isAddernet(tree: Tree): boolean {
  return readPackageJson(tree, 'package.json')?.['name'] === 'addernet' && tree.exists('packages/core/package.json');
}

/** The first folder of a workspace's packages, e.g. 'packages' for {workspaces: ['packages/*']}. */
function packagesFolder(tree: Tree): string | undefined {
  const workspaces = readPackageJson(tree, 'package.json')?.['workspaces'];
  if (!Array.isArray(workspaces)) return undefined;
  const globs = workspaces.filter((glob): glob is string => typeof glob === 'string' && /^[\w./-]+\/\*$/.test(glob));
  return globs[0]?.slice(0, -2);
}

/** The folder of a new package: the one that was asked for, or among those of the workspace, if the tree is one, else its own name. */
export function newPackageFolder(tree: Tree, name: string, directory?: string): string {
  if (directory !== undefined) return folderBelow(directory);
  const folder = packagesFolder(tree);
  return folder === undefined ? name : `${folder}/${name}`;
}

/** Where files of a plugin go: where was asked for, or into the package that the tree is, or into a new one. */
export function pluginFolder(tree: Tree, name: string, directory?: string): string {
  if (directory !== undefined) return folderBelow(directory);
  return tree.exists('package.json') && packagesFolder(tree) === undefined ? '.' : newPackageFolder(tree, name);
}

/** A folder that was asked for, as the tree names it. @throws GenerateError where it is not below the tree's own */
function folderBelow(directory: string): string {
  const folder = path.posix.normalize(directory).replace(/\/$/, '');
  if (directory === '' || path.posix.isAbsolute(folder) || folder === '..' || folder.startsWith('../')) {
    throw new GenerateError(
      `directory ${JSON.stringify(directory)}: expected a folder below this one, e.g. packages/fast-adder`,
    );
  }
  return folder;
}

/** @throws ExistsError where there is something in the folder */
export function requireEmpty(tree: Tree, folder: string): void {
  if (tree.children(folder).length === 0) return;
  throw new ExistsError(
    `the folder ${folder} exists and is not empty; ` +
      'expected a folder that is new or empty: choose another name, or another --directory',
  );
}

/** Writes files that are not there yet. @throws ExistsError naming those that are, before anything is written */
export function writeNew(tree: Tree, folder: string, files: ReadonlyMap<string, string>): void {
  const targets = [...files].map(([name, text]) => [join(folder, name), text] as const);
  const present = targets.map(([file]) => file).filter((file) => tree.exists(file));
  if (present.length > 0) {
    throw new ExistsError(
      `${present.join(', ')} ${present.length === 1 ? 'exists' : 'exist'} already; choose another name`,
    );
  }
  for (const [file, text] of targets) tree.write(file, text);
}

export const join = (folder: string, file: string): string => (folder === '.' ? file : `${folder}/${file}`);
