// SPDX-License-Identifier: Apache-2.0
import type {InMemorySplit, SplitName} from '@addernet/plugin';
import type {DatasetDefinition, LabelSet} from '../definition.js';
import {createImageSplit} from '../split/image-split.js';
import {requireLabelSet, requireSplitName} from '../split/validate-load-options.js';
import {requireInteger} from '../split/validate-batch-options.js';

export interface SyntheticOptions {
  /** Number of images; default the stand-in's size for the split. */
  readonly images?: number;
  /** Default 0. The first images do not depend on how many are generated. */
  readonly seed?: number;
  /** Default 'fine'. */
  readonly labels?: LabelSet;
}

/** What the generated stand-in of a dataset is called, everywhere. */
export function syntheticLabel(definition: Pick<DatasetDefinition, 'title'>): string {
  return `synthetic stand-in for ${definition.title}`;
}

/**
 * Generates a split in the shapes of a dataset, writes it in the dataset's official format and reads it with the reader of the official files.
 *
 * @throws ArgumentError for a wrong option.
 */
export function syntheticSplit(
  definition: DatasetDefinition,
  split: SplitName,
  {images, seed = 0, labels = 'fine'}: SyntheticOptions = {},
): InMemorySplit {
  requireSplitName(definition, split);
  requireLabelSet(definition, labels);
  const {standIn, imageShape} = definition;
  const count = images ?? standIn.sizes[split];
  requireInteger('images', count, 1, 'syntheticSplit');
  const {part, files} = standIn.generate(split, count, seed);
  const decoded = definition.decode(part, files, labels);
  return createImageSplit({
    name: split,
    provenance: {kind: 'synthetic', label: syntheticLabel(definition)},
    imageShape,
    classNames: standIn.classNames[labels] ?? standIn.classNames.fine ?? [],
    ...(labels === 'fine' && standIn.classGroups !== undefined ? {classGroups: standIn.classGroups} : {}),
    pixels: decoded.pixels,
    labels: decoded.labels,
  });
}
