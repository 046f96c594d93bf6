// SPDX-License-Identifier: Apache-2.0
import type {FeatureMap, ImageSplit, Normalization} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {pause} from '../training/pause.js';
import {embed} from './embed.js';
import {classifierFilters, featuresOf, penultimate} from './penultimate-features.js';

/** Subset and embedding do not depend on the runs' seeds, so that the pictures of all runs are of the same images. */
const SEED = 0;

export interface FeatureMapOptions {
  /** How many images, of every class the same number (±1); all where there are fewer. At least 2. */
  readonly images: number;
  readonly batchSize: number;
  readonly normalization?: Normalization;
  readonly signal?: AbortSignal;
}

/** Enough for a picture, and a third of the digits. */
const round = (value: number): number => Number(value.toPrecision(4));

/**
 * The penultimate features of a trained classifier, as points of a plane: as they are where there are two of them, otherwise by UMAP.
 *
 * @throws InterruptedError once the signal is aborted
 * @throws ModelOutputError if the model has no layer whose inputs they would be
 */
export async function featureMap(
  model: LayersModel,
  split: ImageSplit,
  {images, batchSize, normalization, signal}: FeatureMapOptions,
): Promise<FeatureMap> {
  const {model: upTo, classifier} = penultimate(model);
  const subset = split.balancedSubset(Math.max(2, images), SEED);
  const rows: number[][] = [];
  const labels: number[] = [];
  for await (const batch of subset.batches({batchSize, ...(normalization === undefined ? {} : {normalization})})) {
    await pause(signal);
    const x = tf.tensor4d(batch.images, [batch.size, ...split.imageShape]);
    const values = await featuresOf(upTo, x).finally(() => x.dispose());
    const dimensions = values.length / batch.size;
    for (let row = 0; row < batch.size; row++) {
      rows.push(Array.from(values.subarray(row * dimensions, (row + 1) * dimensions)));
      labels.push(batch.labels[row] ?? 0);
    }
  }
  const dimensions = rows[0]?.length ?? 0;
  const points = dimensions === 2 ? rows : await embed(rows, {seed: SEED, ...(signal === undefined ? {} : {signal})});
  const filters = dimensions === 2 ? await classifierFilters(classifier) : undefined;
  return {
    layer: classifier.name,
    dimensions,
    method: dimensions === 2 ? 'plain' : 'umap',
    classNames: split.classNames,
    points: points.map(([x = NaN, y = NaN], index) => [round(x), round(y), labels[index] ?? 0] as const),
    ...(filters === undefined ? {} : {filters}),
  };
}
