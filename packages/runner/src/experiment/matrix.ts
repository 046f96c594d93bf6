// SPDX-License-Identifier: Apache-2.0
import type {ExperimentConfig} from '../config/schema.js';
import {fileName} from '../run-folder/run-folder.js';

/** One combination of the matrix. */
export interface Cell {
  /** `<dataset>-<architecture>-<operator>-seed<k>`, fit for a folder's name. */
  readonly id: string;
  readonly dataset: string;
  readonly architecture: string;
  readonly operator: string;
  readonly seed: number;
}

/** Every combination, seeds innermost, so that a dataset's runs follow one another. Ids differ even where names differ in odd characters only. */
export function matrix({
  datasets,
  architectures,
  operators,
  seeds,
}: Pick<ExperimentConfig, 'datasets' | 'architectures' | 'operators' | 'seeds'>): Cell[] {
  const taken = new Set<string>();
  return datasets.flatMap((dataset) =>
    architectures.flatMap((architecture) =>
      operators.flatMap((operator) =>
        seeds.map((seed): Cell => {
          const plain = fileName(`${dataset}-${architecture}-${operator}-seed${seed}`);
          let id = plain;
          for (let count = 2; taken.has(id); count++) id = `${plain}-${count}`;
          taken.add(id);
          return {id, dataset, architecture, operator, seed};
        }),
      ),
    ),
  );
}
