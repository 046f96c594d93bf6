// SPDX-License-Identifier: Apache-2.0
import type {Architecture} from './architecture.js';
import type {BackendProvider} from './backend.js';
import type {DatasetAdapter} from './dataset.js';
import type {Launcher} from './launcher.js';
import type {Operator} from './operator.js';
import type {Recipe} from './recipe.js';
import type {Reporter} from './report.js';
import type {Tracker} from './tracker.js';

/** What plugins bind, by token. A token may be bound any number of times; the things bound are told apart by their `name`. */
export interface PluginTypes {
  operator: Operator;
  architecture: Architecture;
  dataset: DatasetAdapter;
  recipe: Recipe;
  backend: BackendProvider;
  reporter: Reporter;
  launcher: Launcher;
  tracker: Tracker;
}

/** What a plugin can be: a token's name. */
export type PluginKind = keyof PluginTypes;

/**
 * Tokens are `Symbol.for(...)`, so that two copies of this package agree on them.
 *
 * @example
 * import {ContainerModule} from 'inversify';
 * export default new ContainerModule(({bind}) => {
 *   bind(tokens.operator).toConstantValue(myOperator);
 * });
 */
export const tokens = {
  operator: Symbol.for('addernet.operator'),
  architecture: Symbol.for('addernet.architecture'),
  dataset: Symbol.for('addernet.dataset'),
  recipe: Symbol.for('addernet.recipe'),
  backend: Symbol.for('addernet.backend'),
  reporter: Symbol.for('addernet.reporter'),
  launcher: Symbol.for('addernet.launcher'),
  tracker: Symbol.for('addernet.tracker'),
} as const satisfies Record<PluginKind, symbol>;
