// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {Batch, BatchOptions, ClassGroup, ImageSplit, InMemorySplit, Provenance, SplitName} from '@addernet/plugin';
import {balancedIndices} from './balanced-indices.js';
import {batchCount, makeBatches} from './batches.js';
import {requireInteger} from './validate-batch-options.js';

/** What a split consists of. */
export interface ImageSplitData {
  readonly name: SplitName;
  readonly provenance: Provenance;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  readonly classNames: readonly string[];
  readonly classGroups?: readonly ClassGroup[];
  /** [size, height, width, channels], 0–255. Not copied. */
  readonly pixels: Uint8Array;
  /** One per image, 0 … classNames.length − 1. Not copied. */
  readonly labels: ImageSplit['labels'];
}

/**
 * A split in memory with batches, augmentation and balanced subsets; for dataset adapters of one's own too.
 *
 * @throws ArgumentError when pixels, labels, shape and class names do not fit each other.
 */
export function createImageSplit(data: ImageSplitData): InMemorySplit {
  const {name, provenance, imageShape, classNames, classGroups, pixels, labels} = data;
  const size = labels.length;
  const imageSize = imageShape[0] * imageShape[1] * imageShape[2];
  if (pixels.length !== size * imageSize) {
    throw new ArgumentError(
      `createImageSplit: ${pixels.length} pixel values for ${size} labels; expected ${size} images of shape [${imageShape.join(', ')}]`,
    );
  }
  labels.forEach((label, index) => {
    if (label < 0 || label >= classNames.length) {
      throw new ArgumentError(`createImageSplit: label ${index} is ${label}; expected 0 to ${classNames.length - 1}`);
    }
  });
  const split: InMemorySplit = {
    name,
    provenance,
    imageShape,
    numClasses: classNames.length,
    classNames,
    ...(classGroups === undefined ? {} : {classGroups}),
    size,
    pixels,
    labels,
    batchCount(options: Pick<BatchOptions, 'batchSize' | 'dropRemainder'>): number {
      requireInteger('batchSize', options.batchSize, 1, 'batchCount');
      return batchCount(size, options);
    },
    image(index: number): Promise<Uint8Array> {
      return Promise.resolve(pixels.subarray(index * imageSize, (index + 1) * imageSize));
    },
    batches(options: BatchOptions): Iterable<Batch> {
      return makeBatches(split, options);
    },
    balancedSubset(subsetSize: number, seed: number): InMemorySplit {
      requireInteger('size', subsetSize, 1, 'balancedSubset');
      requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, 'balancedSubset');
      if (subsetSize >= size) return split;
      const indices = balancedIndices(labels, classNames.length, subsetSize, seed);
      const subset = new Uint8Array(indices.length * imageSize);
      indices.forEach((index, position) => {
        subset.set(pixels.subarray(index * imageSize, (index + 1) * imageSize), position * imageSize);
      });
      const subsetLabels = Int32Array.from(indices, (index) => labels[index]);
      return createImageSplit({...data, pixels: subset, labels: subsetLabels});
    },
  };
  return split;
}
