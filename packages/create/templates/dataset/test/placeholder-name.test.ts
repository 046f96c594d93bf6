// SPDX-License-Identifier: Apache-2.0
import type {Batch, ImageSplit, SplitName} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {placeholderNameDataset} from '../src/placeholder-name.js';

const {imageShape, numClasses, splitSizes, normalization, augmentation} = placeholderNameDataset;
const load = (split: SplitName): Promise<ImageSplit> => placeholderNameDataset.load(split, {source: 'auto'});

/** All pixels of a split as numbers in [0, 1]. */
async function pixelsOf(split: ImageSplit): Promise<number[]> {
  const images = await Promise.all(Array.from({length: split.size}, (_, index) => split.image(index)));
  return images.flatMap((image) => [...image].map((value) => value / 255));
}

describe.each(['train', 'test'] as const)('split %s', (name) => {
  it('has the images and classes that are promised', async () => {
    const split = await load(name);
    expect(split.size).toBe(splitSizes?.[name]);
    expect(split.imageShape).toEqual(imageShape);
    expect(split.classNames).toHaveLength(numClasses ?? NaN);
    expect(new Set(split.labels).size).toBe(numClasses);
    expect(Math.max(...split.labels)).toBe(split.classNames.length - 1);
    expect(split.provenance.label).not.toBe('');
  });

  it('is the same whenever it is loaded', async () => {
    const [first, second] = [await load(name), await load(name)];
    expect(await second.image(7)).toEqual(await first.image(7));
    expect(second.labels).toEqual(first.labels);
  });

  it('gives batches of normalised, augmented images', async () => {
    const split = await load(name);
    const batches: Batch[] = [];
    const shuffle = {seed: 1, epoch: 0};
    for await (const batch of split.batches({batchSize: 32, shuffle, normalization, augmentation})) batches.push(batch);
    const [height, width, channels] = imageShape;
    expect(batches.reduce((sum, {size}) => sum + size, 0)).toBe(split.size);
    for (const {images, size} of batches) expect(images).toHaveLength(size * height * width * channels);
    expect(batches.every(({images}) => images.every(Number.isFinite))).toBe(true);
  });
});

it('the normalisation is that of the training images', async () => {
  const pixels = await pixelsOf(await load('train'));
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const variance = pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length;
  expect(mean).toBeCloseTo(normalization.mean[0], 3);
  expect(Math.sqrt(variance)).toBeCloseTo(normalization.std[0], 3);
});

it('the splits have different images', async () => {
  const [train, test] = [await load('train'), await load('test')];
  const images = new Set(
    await Promise.all(Array.from({length: train.size}, async (_, index) => String(await train.image(index)))),
  );
  for (let index = 0; index < test.size; index++) expect(images.has(String(await test.image(index)))).toBe(false);
});

it('says what is there without loading it', async () => {
  const {available, detail} = await placeholderNameDataset.status({});
  expect(available).toBe('official');
  expect(detail).not.toBe('');
});
