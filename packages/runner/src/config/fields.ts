// SPDX-License-Identifier: Apache-2.0
import {fieldTable, publicFields, type ConfigField} from './field-table.js';
import {DEFAULT_CONFIG, experimentConfigSchema} from './schema.js';

/** The fields of experiments that train. */
export const trainingFields = fieldTable(experimentConfigSchema, DEFAULT_CONFIG, {seed: 'seeds', recipe: 'recipes'});

/** Every field of an experiment that trains, with what fits and what it does; a command line can override all of them. */
export const configFields = (): ConfigField[] => publicFields(trainingFields);
