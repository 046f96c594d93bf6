// SPDX-License-Identifier: Apache-2.0
export * from './errors.js';
export * from './config/definition.js';
export {
  DEFAULT_CONFIG,
  experimentConfigSchema,
  partialConfigSchema,
  type ExperimentConfig,
  type PartialConfig,
} from './config/schema.js';
export {configFields, type ConfigField} from './config/fields.js';
export {parseOverrideArguments, parseOverrides, type Overrides} from './config/overrides.js';
export {resolveConfig, slowBackendEffect, type ResolveOptions} from './config/resolve.js';
export {createContainer, listBound, loadModules, lookup, type NamedModule} from './container.js';
export {loadPlugins, type LoadPluginsOptions} from './plugins/load-plugins.js';
export * from './listener.js';
export * from './experiment/types.js';
export * from './evaluation/types.js';
export type {NamedWeight, WeightFormat, WeightsFile} from './weights/formats.js';
