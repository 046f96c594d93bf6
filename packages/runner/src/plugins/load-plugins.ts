// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {resolve as resolveModule} from 'import-meta-resolve';
import type {Container, ContainerModule} from 'inversify';
import {loadModules, type NamedModule} from '../container.js';
import {PluginError, UnknownPluginError, errorText} from '../errors.js';
import {suggest} from '../suggest.js';
import {installedPlugins, modulesBeside} from './known-plugins.js';

export interface LoadPluginsOptions {
  /** Imports a module by URL; default `import()`. For hosts with a loader of their own. */
  readonly importModule?: (url: string) => Promise<unknown>;
  /** Second folder in which paths are looked for; default the process's. */
  readonly workingFolder?: string;
}

/** Modules that a container has already, so that two experiments on one container load a plugin once. */
const loaded = new WeakMap<Container, Set<string>>();

const isPath = (specifier: string): boolean => /^(\.{1,2}(\/|\\|$)|\/|\\|[A-Za-z]:[\\/]|file:)/.test(specifier);

/**
 * A plugin may bring its own copy of inversify, so that `instanceof` says nothing. A module of inversify 7 and later has `id` and `load`;
 * one of inversify 6 has `registry` and would bind into nothing here.
 */
function isContainerModule(value: unknown): value is ContainerModule {
  return (
    typeof value === 'object' &&
    value !== null &&
    'load' in value &&
    typeof value.load === 'function' &&
    'id' in value &&
    typeof value.id === 'number'
  );
}

function containerModules(specifier: string, imported: unknown): ContainerModule[] {
  const expected =
    'its default export must be an inversify (7 or later) ContainerModule, or an array of them: ' +
    'export default new ContainerModule(({bind}) => {…})';
  if (typeof imported !== 'object' || imported === null || !('default' in imported)) {
    throw new PluginError(specifier, `it has no default export; ${expected}`);
  }
  let exported: unknown = imported.default;
  // CommonJS compiled from ESM: the namespace's default is module.exports, whose own default is meant.
  if (typeof exported === 'object' && exported !== null && '__esModule' in exported && 'default' in exported) {
    exported = exported.default;
  }
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (list.length === 0) throw new PluginError(specifier, `its default export is an empty array; ${expected}`);
  return list.map((entry, index) => {
    if (isContainerModule(entry)) return entry;
    const where = Array.isArray(exported) ? `entry ${index} of its default export` : 'its default export';
    const what =
      typeof entry === 'object' && entry !== null && 'registry' in entry
        ? 'a ContainerModule of inversify 6 or older'
        : entry === null
          ? 'null'
          : `a ${typeof entry}`;
    throw new PluginError(specifier, `${where} is ${what}; ${expected}`);
  });
}

/** URL of a plugin: a path relative to the experiment's folder or the working folder, or a package seen from there or from here. */
function locate(specifier: string, baseFolder: string, workingFolder: string): string {
  if (specifier.startsWith('file:')) return specifier;
  if (isPath(specifier)) {
    const candidates = [...new Set([path.resolve(baseFolder, specifier), path.resolve(workingFolder, specifier)])];
    const found = candidates.find((candidate) => existsSync(candidate));
    if (found !== undefined) return pathToFileURL(found).href;
    const valid = modulesBeside(specifier, candidates);
    const message = `no such file; looked for ${candidates.join(' and ')}`;
    throw new UnknownPluginError(specifier, message, valid, suggest(specifier, valid));
  }
  const parents = [
    pathToFileURL(path.join(path.resolve(baseFolder), 'experiment.js')).href,
    pathToFileURL(path.join(path.resolve(workingFolder), 'experiment.js')).href,
    import.meta.url,
  ];
  const reasons: string[] = [];
  for (const parent of new Set(parents)) {
    try {
      return resolveModule(specifier, parent);
    } catch (error) {
      reasons.push(errorText(error));
    }
  }
  const valid = installedPlugins([baseFolder, workingFolder, path.dirname(fileURLToPath(import.meta.url))]);
  const message =
    `no such package to be found from ${path.resolve(baseFolder)}; install it there, or give a path that begins with './' ` +
    `(${reasons[0] ?? ''})`;
  throw new UnknownPluginError(specifier, message, valid, suggest(specifier, valid));
}

/**
 * Imports plugins and loads their container modules.
 *
 * @param specifiers package names ('addernet-shift', '@me/ops/plugin') or paths ('./my-operator.js')
 * @param baseFolder the experiment's folder: paths are relative to it (where there is no such file, to the working folder), packages are
 *   resolved from it (then from the working folder, then from the runner)
 * @throws UnknownPluginError, naming those there are, when one cannot be found
 * @throws PluginError when one cannot be imported or exports something else
 * @throws DuplicateNameError when one binds a name that is taken
 */
export async function loadPlugins(
  container: Container,
  specifiers: readonly string[],
  baseFolder: string,
  options: LoadPluginsOptions = {},
): Promise<void> {
  const importModule = options.importModule ?? ((url: string): Promise<unknown> => import(url));
  const known = loaded.get(container) ?? new Set<string>();
  loaded.set(container, known);
  for (const specifier of specifiers) {
    const url = locate(specifier, baseFolder, options.workingFolder ?? process.cwd());
    if (known.has(url)) continue;
    let imported: unknown;
    try {
      imported = await importModule(url);
    } catch (error) {
      throw new PluginError(specifier, `importing ${url} failed: ${errorText(error)}`, {cause: error});
    }
    const modules = containerModules(specifier, imported);
    await loadModules(
      container,
      modules.map((module): NamedModule => ({name: specifier, module})),
    );
    known.add(url);
  }
}
