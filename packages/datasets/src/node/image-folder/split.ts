// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, CounterRandom, deriveSeed, shuffledIndices} from '@addernet/core';
import type {Batch, BatchOptions, ImageSplit, Provenance, SplitName} from '@addernet/plugin';
import pLimit from 'p-limit';
import {centerCrop, randomRegion} from '../../image-folder/crops.js';
import {balancedIndices} from '../../split/balanced-indices.js';
import {batchCount} from '../../split/batches.js';
import {requireInteger, validateBatchOptions} from '../../split/validate-batch-options.js';
import {type Cut, decodeImage} from './decode-image.js';
import type {FoundImages} from './find-images.js';

const CHANNELS = 3;

/** Files read at a time: enough to keep the decoder's threads busy, and the bound of what is in memory besides two batches. */
const READERS = 8;

export interface ImageFolderSplitData extends FoundImages {
  readonly name: SplitName;
  readonly provenance: Provenance;
  /** Height and width of what is made of the images. */
  readonly size: number;
}

/** Of evaluation. */
const centerCut =
  (size: number) =>
  (width: number, height: number): Cut => {
    const {resized, region} = centerCrop(width, height, size);
    return {resized, after: region, flip: false};
  };

/** A split whose images are read when their batch is due, the next batch's while one is worked on. */
export function createImageFolderSplit(data: ImageFolderSplitData): ImageSplit {
  const {name, provenance, size: side, classNames, files, labels} = data;
  const imageShape = [side, side, CHANNELS] as const;
  const split: ImageSplit = {
    name,
    provenance,
    imageShape,
    numClasses: classNames.length,
    classNames,
    size: files.length,
    labels,
    batchCount(options) {
      requireInteger('batchSize', options.batchSize, 1, 'batchCount');
      return batchCount(files.length, options);
    },
    batches(options) {
      validateBatchOptions(options, imageShape);
      if ((options.augmentation?.padCrop ?? 0) > 0) {
        throw new ArgumentError('batches: augmentation.padCrop is for images of one size; use randomResizedCrop');
      }
      return {[Symbol.asyncIterator]: () => generateBatches(data, options)};
    },
    image(index) {
      requireInteger('index', index, 0, 'image');
      return decodeImage(files[index] ?? '', centerCut(side));
    },
    balancedSubset(subsetSize, seed) {
      requireInteger('size', subsetSize, 1, 'balancedSubset');
      requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, 'balancedSubset');
      if (subsetSize >= files.length) return split;
      const indices = balancedIndices(labels, classNames.length, subsetSize, seed);
      return createImageFolderSplit({
        ...data,
        files: Array.from(indices, (index) => files[index] ?? ''),
        labels: Int32Array.from(indices, (index) => labels[index] ?? 0),
      });
    },
  };
  return split;
}

async function* generateBatches(
  data: ImageFolderSplitData,
  options: BatchOptions,
): AsyncGenerator<Batch, void, undefined> {
  const {files, labels} = data;
  const {batchSize, shuffle, startBatch = 0} = options;
  const order = shuffle && shuffledIndices(files.length, shuffle.seed, 'shuffle', shuffle.epoch);
  const write = imageWriter(data, options);
  const limit = pLimit(READERS);
  const batches = batchCount(files.length, options);
  const read = async (batch: number): Promise<Batch> => {
    const start = batch * batchSize;
    const size = Math.min(batchSize, files.length - start);
    const indices = order
      ? order.slice(start, start + size)
      : Int32Array.from({length: size}, (_, position) => start + position);
    const images = new Float32Array(size * data.size * data.size * CHANNELS);
    await Promise.all(Array.from(indices, (index, position) => limit(write, index, images, position)));
    return {indices, images, labels: Int32Array.from(indices, (index) => labels[index] ?? 0), size};
  };
  const begin = (batch: number): Promise<Batch> | undefined => {
    if (batch >= batches) return undefined;
    const reading = read(batch);
    // Told where it is awaited, if ever.
    reading.catch(() => undefined);
    return reading;
  };
  let next = begin(startBatch);
  for (let batch = startBatch; next !== undefined; batch++) {
    const current = await next;
    next = begin(batch + 1);
    yield current;
  }
}

type ImageWriter = (index: number, images: Float32Array, position: number) => Promise<void>;

/** Reads image `index` into place `position` of a batch: the centre, or with `shuffle` and augmentation a random region, perhaps flipped. */
function imageWriter({files, size}: ImageFolderSplitData, options: BatchOptions): ImageWriter {
  const {shuffle, augmentation = {}, normalization} = options;
  const {randomResizedCrop, horizontalFlip = false} = augmentation;
  const seed = shuffle && deriveSeed(shuffle.seed, 'augment', shuffle.epoch);
  const [mean, std] = [normalization?.mean ?? [], normalization?.std ?? []];
  const table = Float32Array.from({length: CHANNELS * 256}, (_, entry) => {
    const channel = entry >> 8;
    return ((entry & 255) / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
  const cutOf =
    (index: number) =>
    (width: number, height: number): Cut => {
      const random = seed === undefined ? undefined : new CounterRandom(seed, index);
      // Drawn first, so that it does not depend on how many regions are tried.
      const flip = random !== undefined && random.uniform() < 0.5 && horizontalFlip;
      if (random !== undefined && randomResizedCrop !== undefined) {
        return {before: randomRegion(random, width, height, randomResizedCrop), resized: [size, size], flip};
      }
      return {...centerCut(size)(width, height), flip};
    };
  return async (index, images, position) => {
    const pixels = await decodeImage(files[index] ?? '', cutOf(index));
    const target = position * pixels.length;
    for (let at = 0; at < pixels.length; at++) {
      images[target + at] = table[((at % CHANNELS) << 8) | (pixels[at] ?? 0)] ?? 0;
    }
  };
}
