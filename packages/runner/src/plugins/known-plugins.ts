// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {isRecord} from '../config/values.js';

const MODULE = /(?<!\.d)\.[cm]?[jt]s$/;
/** Packages that bind plugins depend on it. */
const INTERFACES = '@addernet/plugin';
/** Packages that load plugins depend on it. */
const HOST = '@addernet/runner';

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // Not there, or not to be read: nothing to name.
    return [];
  }
}

/** Modules beside a path that does not exist, written as it is: './opertor.ts' → './operator.ts', './experiment.ts'. */
export function modulesBeside(specifier: string, candidates: readonly string[]): string[] {
  const prefix = specifier.slice(0, specifier.length - path.basename(specifier).length);
  const folder = candidates.map((candidate) => path.dirname(candidate)).find((parent) => existsSync(parent));
  return folder === undefined
    ? []
    : namesIn(folder)
        .filter((name) => MODULE.test(name))
        .map((name) => prefix + name);
}

/** A package's specifier as a plugin: its './plugin' entry where it has one; undefined where it is no plugin. */
function pluginSpecifier(name: string, folder: string): string | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(manifest)) return undefined;
  const needs = [manifest.dependencies, manifest.peerDependencies].flatMap((list) =>
    isRecord(list) ? Object.keys(list) : [],
  );
  if (!needs.includes(INTERFACES) || needs.includes(HOST) || name === HOST) return undefined;
  return isRecord(manifest.exports) && './plugin' in manifest.exports ? `${name}/plugin` : name;
}

function packagesIn(modules: string): (readonly [name: string, folder: string])[] {
  return namesIn(modules).flatMap((entry): (readonly [string, string])[] => {
    const folder = path.join(modules, entry);
    return entry.startsWith('@')
      ? namesIn(folder).map((name) => [`${entry}/${name}`, path.join(folder, name)])
      : [[entry, folder]];
  });
}

/** The folder and those above it. */
function upwards(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/**
 * Specifiers of the plugin packages that are installed where packages are looked for from any of the folders; Addernet's own, of which most are loaded
 * anyway, come last.
 */
export function installedPlugins(folders: readonly string[]): string[] {
  const places = new Set(folders.flatMap((folder) => upwards(path.resolve(folder))));
  const found = [...places].flatMap((place) =>
    packagesIn(path.join(place, 'node_modules')).flatMap(([name, folder]) => pluginSpecifier(name, folder) ?? []),
  );
  const names = [...new Set(found)].sort();
  const isOwn = (name: string): boolean => name.startsWith('@addernet/');
  return [...names.filter((name) => !isOwn(name)), ...names.filter(isOwn)];
}
