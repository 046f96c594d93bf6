// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {RunPosition, TrackedRun} from '@addernet/plugin';
import {recipeText} from '../config/recipes.js';
import {leafPaths, valueAt} from '../config/values.js';
import type {Cell} from '../experiment/matrix.js';

export interface DescribeRunOptions {
  readonly cell: Cell;
  /** Name of the experiment. */
  readonly experiment: string;
  /** The experiment's run folder. */
  readonly folder: string;
  /** The training data's label. */
  readonly data: string;
  readonly backend: string;
  readonly resumed?: RunPosition;
}

/** Of the matrix's fields a run has its own one only; they are among its tags. */
const OF_THE_MATRIX = ['datasets', 'architectures', 'operators', 'recipes', 'seeds'];

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** A run in the form in which trackers get it. */
export function describeRun({cell, experiment, folder, data, backend, resumed}: DescribeRunOptions): TrackedRun {
  const {config, recipe} = cell.training;
  const fields = leafPaths(config).filter((field) => !OF_THE_MATRIX.includes(field));
  return {
    id: cell.id,
    experiment,
    folder: path.join(folder, cell.id),
    tags: {
      dataset: cell.dataset,
      data,
      architecture: cell.architecture,
      operator: cell.operator,
      ...(recipe === undefined ? {} : {recipe: recipeText(recipe)}),
      backend,
      seed: String(cell.seed),
    },
    config: Object.fromEntries(fields.map((field) => [field, plain(valueAt(config, field.split('.')))])),
    ...(resumed === undefined ? {} : {resumed}),
  };
}
