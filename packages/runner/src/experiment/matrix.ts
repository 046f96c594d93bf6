// SPDX-License-Identifier: Apache-2.0
import type {TrainingChoice} from '../config/recipes.js';
import type {ExperimentConfig} from '../config/schema.js';
import {fileName} from '../run-folder/run-folder.js';

/** One combination of the matrix. */
export interface Cell {
  /** `<dataset>-<architecture>-<operator>-seed<k>`, with the recipe before the seed where there are several; fit for a folder's name. */
  readonly id: string;
  readonly dataset: string;
  readonly architecture: string;
  readonly operator: string;
  readonly training: TrainingChoice;
  readonly seed: number;
}

/** Every combination, seeds innermost, so that a dataset's runs follow one another. Ids differ even where names differ in odd characters only. */
export function matrix(
  {
    datasets,
    architectures,
    operators,
    seeds,
  }: Pick<ExperimentConfig, 'datasets' | 'architectures' | 'operators' | 'seeds'>,
  trainings: readonly TrainingChoice[],
): Cell[] {
  const taken = new Set<string>();
  return datasets.flatMap((dataset) =>
    architectures.flatMap((architecture) =>
      operators.flatMap((operator) =>
        trainings.flatMap((training) =>
          seeds.map((seed): Cell => {
            const recipe = trainings.length > 1 ? `-${training.recipe?.name ?? ''}` : '';
            const plain = fileName(`${dataset}-${architecture}-${operator}${recipe}-seed${seed}`);
            let id = plain;
            for (let count = 2; taken.has(id); count++) id = `${plain}-${count}`;
            taken.add(id);
            return {id, dataset, architecture, operator, training, seed};
          }),
        ),
      ),
    ),
  );
}
