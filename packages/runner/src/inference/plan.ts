// SPDX-License-Identifier: Apache-2.0
import type {BackendProvider} from '@addernet/plugin';
import {layerGroups} from './layer-groups.js';
import type {PlannedComparison} from './progress.js';
import type {InferenceConfig} from './schema.js';
import type {Subject} from './subjects.js';

/** One comparison, and how it is made. */
export interface Comparison extends PlannedComparison {
  readonly backend: BackendProvider;
  readonly architecture: string;
  readonly batch: number;
  /** Index of the layers' group; absent for whole models. */
  readonly group?: number;
}

const operationsOf = (subject: Subject): number =>
  subject.layers.reduce((sum, {multiplications, additions}) => sum + multiplications + additions, 0);

/** Every comparison of an architecture on a backend, for the batch sizes. */
export function planOf(
  backend: BackendProvider,
  architecture: string,
  subjects: readonly Subject[],
  config: InferenceConfig,
): Comparison[] {
  const {speed} = backend;
  const groups = config.layers ? layerGroups(subjects) : [];
  return config.batchSizes.flatMap((batch) => {
    const where = `${backend.name}, ${architecture}, batch ${batch}`;
    const shared = {backend, architecture, batch, speed};
    return [
      {
        ...shared,
        label: `${where}, whole model`,
        candidates: subjects.length,
        operations: batch * subjects.reduce((sum, subject) => sum + operationsOf(subject), 0),
      },
      ...groups.map(({form, candidates}, index) => {
        const [first] = candidates;
        const name = first?.names[0] ?? '';
        const costs = subjects.flatMap(({layers}) => layers).find(({layer}) => layer === name);
        const operations = (costs?.multiplications ?? 0) + (costs?.additions ?? 0);
        return {
          ...shared,
          label: `${where}, ${form} ${name}`,
          candidates: candidates.length,
          operations: batch * candidates.length * operations,
          group: index,
        };
      }),
    ];
  });
}
