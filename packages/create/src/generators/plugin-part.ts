// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import {type Names, namesOf} from '../names.js';
import {addToPluginPackage, standaloneSteps} from '../plugin-package.js';
import type {Tree} from '../tree.js';
import {isAddernet, join} from '../workspace.js';
import type {PluginOptions} from './options.js';

/** A kind of which a package binds one object, `softNetArchitecture`, made in one file of its own. */
export interface PartKind {
  readonly kind: 'architecture' | 'dataset' | 'tracker';
  /** Packages that its source uses, besides @addernet/plugin. */
  readonly peers: readonly string[];
  /** Packages that its test uses besides. */
  readonly development: readonly string[];
  /** What its test does. */
  readonly test: string;
  /** @param file the source @returns what is to be known of it */
  readonly note: (file: string) => string;
  /** Generates into the package of Addernet's own repository in which its like is. */
  readonly intoRepository: (tree: Tree, names: Names) => Generated;
}

export function generatePart(tree: Tree, {name, directory}: PluginOptions, part: PartKind): Generated {
  const {kind, peers, development, test, note, intoRepository} = part;
  const names = namesOf(name, kind);
  if (directory === undefined && isAddernet(tree)) return intoRepository(tree, names);
  const object = `${names.camel}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const folder = addToPluginPackage(tree, {
    names,
    template: kind,
    directory,
    imports: [{name: object, from: `./${names.kebab}.js`}],
    binding: [`bind(tokens.${kind}).toConstantValue(${object});`],
    peers,
    development,
  });
  return {folder, next: standaloneSteps(test), notes: [note(join(folder, `src/${names.kebab}.ts`))]};
}
