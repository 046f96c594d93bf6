// SPDX-License-Identifier: Apache-2.0
import {type PluginKind, type PluginTypes, tokens} from '@addernet/plugin';
import {Container, type ContainerModule} from 'inversify';
import {DuplicateNameError, PluginError, UnknownNameError, errorText} from './errors.js';
import {suggest} from './suggest.js';

/** A module with the name by which errors call it. */
export interface NamedModule {
  readonly name: string;
  readonly module: ContainerModule;
}

const KINDS: readonly PluginKind[] = [
  'operator',
  'architecture',
  'dataset',
  'recipe',
  'backend',
  'reporter',
  'launcher',
  'tracker',
];

/** The functions that a thing of each kind must bring; its `name` goes without saying. */
const REQUIRED: Readonly<Record<PluginKind, readonly string[]>> = {
  operator: ['conv2d', 'dense'],
  architecture: ['build'],
  dataset: ['load', 'status'],
  recipe: [],
  backend: ['unavailableReason', 'start', 'details'],
  reporter: ['render'],
  launcher: ['launch'],
  tracker: ['open'],
};

/** Who bound what, per container and kind, in binding order. */
const sources = new WeakMap<Container, Map<PluginKind, string[]>>();

function all<K extends PluginKind>(container: Container, kind: K): PluginTypes[K][] {
  return container.isBound(tokens[kind]) ? container.getAll<PluginTypes[K]>(tokens[kind]) : [];
}

function checkShape(kind: PluginKind, value: unknown, source: string): void {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') {
    throw new PluginError(
      source,
      `bound something as ${kind} without a name; expected an object with a \`name\` string`,
    );
  }
  const members = new Map<string, unknown>(REQUIRED[kind].map((member) => [member, Reflect.get(value, member)]));
  const lacking = [...members].filter(([, member]) => typeof member !== 'function').map(([member]) => `${member}()`);
  if (lacking.length > 0) {
    throw new PluginError(source, `bound the ${kind} "${value.name}" without ${lacking.join(', ')}`);
  }
}

/** Notes who bound what was bound since the last call, and checks it. */
function attribute(container: Container, source: string): void {
  const known = sources.get(container) ?? new Map<PluginKind, string[]>();
  sources.set(container, known);
  for (const kind of KINDS) {
    const names = known.get(kind) ?? [];
    known.set(kind, names);
    const bound = all(container, kind);
    while (names.length < bound.length) {
      checkShape(kind, bound[names.length], source);
      names.push(source);
    }
    // Finds clashes now rather than at the first look-up.
    listBound(container, kind);
  }
}

/**
 * Loads modules into a container; afterwards it is as before if one of them fails.
 *
 * @throws PluginError if a module fails or binds something that is not what its token says
 * @throws DuplicateNameError if two different things have one name
 */
export async function loadModules(container: Container, modules: readonly NamedModule[]): Promise<void> {
  const before = new Map([...(sources.get(container) ?? [])].map(([kind, names]) => [kind, [...names]]));
  container.snapshot();
  try {
    for (const {name, module} of modules) {
      try {
        await container.loadAsync(module);
      } catch (error) {
        throw new PluginError(name, `its container module failed: ${errorText(error)}`, {cause: error});
      }
      attribute(container, name);
    }
  } catch (error) {
    container.restore();
    sources.set(container, before);
    throw error;
  }
}

/**
 * A container with the given modules. The modules must bind synchronously (loadModules takes asynchronous ones as well).
 *
 * @throws DuplicateNameError if two different things have one name
 */
export function createContainer(modules: readonly (ContainerModule | NamedModule)[]): Container {
  const container = new Container();
  modules.forEach((entry, index) => {
    const named = 'module' in entry ? entry : {name: `module ${index + 1}`, module: entry};
    container.load(named.module);
    attribute(container, named.name);
  });
  return container;
}

/**
 * Everything bound of one kind, in binding order. The same object bound twice is one.
 *
 * @throws DuplicateNameError if two different things have one name
 */
export function listBound<K extends PluginKind>(container: Container, kind: K): PluginTypes[K][] {
  const origin = sources.get(container)?.get(kind) ?? [];
  const found = new Map<string, {readonly value: PluginTypes[K]; readonly source: string}>();
  all(container, kind).forEach((value, index) => {
    const source = origin[index] ?? 'a binding made on the container itself';
    const before = found.get(value.name);
    if (before === undefined) found.set(value.name, {value, source});
    else if (before.value !== value) throw new DuplicateNameError(kind, value.name, [before.source, source]);
  });
  return [...found.values()].map(({value}) => value);
}

/**
 * The thing of a kind that has this name.
 *
 * @throws UnknownNameError listing the valid names
 */
export function lookup<K extends PluginKind>(container: Container, kind: K, name: string): PluginTypes[K] {
  const bound = listBound(container, kind);
  const found = bound.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const names = bound.map((candidate) => candidate.name);
  throw new UnknownNameError(kind, name, names, suggest(name, names));
}
