// SPDX-License-Identifier: Apache-2.0
import type {Names} from './names.js';
import {extendPackageJson, ranges} from './package-json.js';
import {addBinding, ensureImport, type Imported, type Source} from './source-edits.js';
import {renderTemplate} from './templates.js';
import type {Tree} from './tree.js';
import {join, pluginFolder, requireEmpty, writeNew} from './workspace.js';

/** A thing that a package's plugin module binds. */
export interface PluginPart {
  readonly names: Names;
  /** Its template; the files in it are written as they are. */
  readonly template: string;
  /** Folder of the package; default: the tree's own package, or a new one of the thing's name. */
  readonly directory?: string | undefined;
  /** What its plugin module needs besides the tokens. */
  readonly imports: readonly Imported[];
  /** Lines of code for the function of its `ContainerModule`. */
  readonly binding: readonly string[];
  /** Packages that its sources use, besides @addernet/plugin and inversify. */
  readonly peers: readonly string[];
  /** Packages that its tests use besides. */
  readonly development: readonly string[];
}

const PLUGIN = 'src/plugin.ts';
const TOKENS: Imported = {name: 'tokens', from: '@addernet/plugin'};

/** How to go on in a package of somebody's own. @param test what its tests do */
export const standaloneSteps = (test: string): readonly (readonly [string, string])[] => [
  ['npm install', 'installs what it builds on'],
  ['npm test', test],
];

/**
 * The package, outside Addernet's repository, to which something is to be added: settings of its tools, where there is none yet.
 *
 * @throws ExistsError where a folder has other things in it than a package
 */
export function preparePackage(
  tree: Tree,
  names: Names,
  directory?: string,
): {readonly folder: string; readonly isNew: boolean} {
  const folder = pluginFolder(tree, names.kebab, directory);
  const isNew = !tree.exists(join(folder, 'package.json'));
  if (isNew) {
    requireEmpty(tree, folder);
    writeNew(tree, folder, renderTemplate('standalone-package', {names, licensed: false}));
  }
  return {folder, isNew};
}

/**
 * Adds a thing to the plugin of a package outside Addernet's repository, and makes the package where there is none.
 *
 * @returns the package's folder
 */
export function addToPluginPackage(tree: Tree, part: PluginPart): string {
  const {names} = part;
  const {folder, isNew} = preparePackage(tree, names, part.directory);
  const files = renderTemplate('plugin-package', {names, licensed: false});
  if (isNew) writeNew(tree, folder, files);
  else if (!tree.exists(join(folder, PLUGIN))) writeNew(tree, folder, new Map([[PLUGIN, files.get(PLUGIN) ?? '']]));
  writeNew(tree, folder, renderTemplate(part.template, {names, licensed: false}));
  registerIn(tree, join(folder, PLUGIN), part);
  extendPackageJson(tree, join(folder, 'package.json'), packageJson(part, isNew));
  return folder;
}

function registerIn(tree: Tree, file: string, {imports, binding}: PluginPart): void {
  let source: Source = {file, text: tree.read(file) ?? ''};
  for (const imported of [TOKENS, ...imports]) source = ensureImport(source, imported);
  tree.write(file, addBinding(source, binding).text);
}

function packageJson({names, peers, development}: PluginPart, isNew: boolean): Record<string, unknown> {
  const entry = {types: './dist/plugin.d.ts', default: './dist/plugin.js'};
  return {
    ...(isNew
      ? {
          name: names.kebab,
          version: '0.1.0',
          type: 'module',
          sideEffects: false,
          engines: {node: '>=20.19'},
          exports: {'./plugin': entry, './package.json': './package.json'},
          files: ['dist'],
        }
      : {}),
    scripts: {
      ...(isNew ? {build: 'tsc -p tsconfig.build.json', prepack: 'npm run build'} : {}),
      typecheck: 'tsc --noEmit',
      test: 'vitest run',
    },
    dependencies: ranges('@addernet/plugin', 'inversify'),
    ...(peers.length === 0 ? {} : {peerDependencies: ranges(...peers)}),
    devDependencies: ranges(...peers, ...development, '@addernet/cli', '@types/node', 'typescript', 'vitest'),
  };
}
