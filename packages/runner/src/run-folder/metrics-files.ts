// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics} from '@addernet/plugin';
import {stringify} from 'csv-stringify/sync';
import {recipeText} from '../config/recipes.js';
import type {RunInfo} from '../listener.js';
import type {RunFolder} from './run-folder.js';

/** The run's entries of a row. */
type MetricsRun = Pick<
  RunInfo,
  'id' | 'dataset' | 'dataLabel' | 'architecture' | 'operator' | 'recipe' | 'backend' | 'seed'
>;

function toRow(run: MetricsRun, metrics: EpochMetrics): MetricsRow {
  const {id, dataset, dataLabel, architecture, operator, backend, seed} = run;
  const recipe = run.recipe === undefined ? '' : recipeText(run.recipe);
  return {run: id, dataset, data: dataLabel, architecture, operator, recipe, backend, seed, ...metrics};
}

/** One epoch of one run, as metrics.jsonl and metrics.csv have it. */
export interface MetricsRow extends EpochMetrics {
  readonly run: string;
  readonly dataset: string;
  /** The data's label, e.g. 'synthetic stand-in for CIFAR-100'. */
  readonly data: string;
  readonly architecture: string;
  readonly operator: string;
  /** Empty where the experiment names none. */
  readonly recipe: string;
  readonly backend: string;
  readonly seed: number;
}

const COLUMNS = [
  'run',
  'dataset',
  'data',
  'architecture',
  'operator',
  'recipe',
  'backend',
  'seed',
  'epoch',
  'learningRate',
  'trainLoss',
  'trainTop1',
  'testLoss',
  'testTop1',
  'testTop5',
  'imagesPerSecond',
  'trainSeconds',
  'testSeconds',
] as const satisfies readonly (keyof MetricsRow)[];

/** metrics.jsonl, which grows by a line per epoch and can be read at any time, and metrics.csv, which is replaced per epoch. */
export class MetricsFiles {
  /** By run, in the order in which the runs came up. */
  readonly #rows = new Map<string, readonly MetricsRow[]>();

  constructor(private readonly folder: RunFolder) {}

  /** Makes both files, without rows: they are there even if no epoch is ever finished. */
  async begin(): Promise<void> {
    await this.#writeLines();
    await this.#writeTable();
  }

  /** Replaces what the files say of a run: a killed process may have left more or less in them than is known to hold. */
  async set(run: MetricsRun, metrics: readonly EpochMetrics[]): Promise<void> {
    this.#rows.set(
      run.id,
      metrics.map((figures) => toRow(run, figures)),
    );
    await this.#writeLines();
    await this.#writeTable();
  }

  async add(run: MetricsRun, metrics: EpochMetrics): Promise<void> {
    const row = toRow(run, metrics);
    this.#rows.set(run.id, [...(this.#rows.get(run.id) ?? []), row]);
    await this.folder.appendLine('metrics.jsonl', JSON.stringify(row));
    await this.#writeTable();
  }

  async #writeLines(): Promise<void> {
    const rows = [...this.#rows.values()].flat();
    await this.folder.write('metrics.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }

  async #writeTable(): Promise<void> {
    const rows = [...this.#rows.values()].flat();
    await this.folder.write('metrics.csv', stringify(rows, {header: true, columns: [...COLUMNS]}));
  }
}
