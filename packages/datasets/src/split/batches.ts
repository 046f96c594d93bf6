// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, CounterRandom, deriveSeed, shuffledIndices} from '@addernet/core';
import type {Augmentation, Batch, BatchOptions, Normalization} from '@addernet/plugin';
import {validateBatchOptions} from './validate-batch-options.js';

/** What batches are made from. */
export interface BatchSource {
  readonly imageShape: readonly [number, number, number];
  readonly size: number;
  readonly pixels: Uint8Array;
  readonly labels: ArrayLike<number>;
}

/** Number of batches of a pass over `size` samples. */
export function batchCount(
  size: number,
  {batchSize, dropRemainder}: Pick<BatchOptions, 'batchSize' | 'dropRemainder'>,
): number {
  return dropRemainder === true ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
}

/**
 * One pass over the samples. The order is that of (seed, epoch), a sample's crop and flip those of (seed, epoch, sample): neither depends
 * on the batch size or on where the pass starts. Each batch has arrays of its own. Without `normalization`, images are scaled to [0, 1].
 *
 * @throws ArgumentError at once, not at the first batch.
 */
export function makeBatches(source: BatchSource, options: BatchOptions): Iterable<Batch> {
  validateBatchOptions(options, source.imageShape);
  if (options.augmentation?.randomResizedCrop !== undefined) {
    throw new ArgumentError('batches: augmentation.randomResizedCrop is for images read from files; use padCrop');
  }
  return {[Symbol.iterator]: () => generateBatches(source, options)};
}

function* generateBatches(source: BatchSource, options: BatchOptions): Generator<Batch, void, undefined> {
  const {batchSize, shuffle, augmentation, startBatch = 0} = options;
  const order = shuffle && shuffledIndices(source.size, shuffle.seed, 'shuffle', shuffle.epoch);
  const write = imageWriter(source, options.normalization, augmentation);
  const augmentationSeed = shuffle && deriveSeed(shuffle.seed, 'augment', shuffle.epoch);
  const [height, width, channels] = source.imageShape;
  const batches = batchCount(source.size, options);
  for (let batch = startBatch; batch < batches; batch++) {
    const start = batch * batchSize;
    const size = Math.min(batchSize, source.size - start);
    const indices = order
      ? order.slice(start, start + size)
      : Int32Array.from({length: size}, (_, position) => start + position);
    const images = new Float32Array(size * height * width * channels);
    const labels = new Int32Array(size);
    indices.forEach((index, position) => {
      labels[position] = source.labels[index];
      write(index, augmentationSeed, images, position);
    });
    yield {indices, images, labels, size};
  }
}

type ImageWriter = (index: number, seed: number | undefined, images: Float32Array, position: number) => void;

/** Writes sample `index` to place `position` of a batch; with a seed, augmented. */
function imageWriter(
  {imageShape, pixels}: BatchSource,
  normalization: Normalization | undefined,
  augmentation: Augmentation | undefined,
): ImageWriter {
  const [height, width, channels] = imageShape;
  const rowSize = width * channels;
  const imageSize = height * rowSize;
  const table = normalizationTable(normalization, channels);
  const normalize = channels === 3 ? normalizeThreeChannels : normalizeChannels(channels);
  // What padding becomes: a black pixel (0 before normalisation), as in the authors' pipeline.
  const black = Float32Array.from({length: rowSize}, (_, at) => table[(at % channels) << 8]);
  const padding = augmentation?.padCrop ?? 0;
  const mayFlip = augmentation?.horizontalFlip === true;

  return (index, seed, images, position) => {
    const source = index * imageSize;
    const target = position * imageSize;
    if (seed === undefined || (padding === 0 && !mayFlip)) {
      normalize(table, pixels, source, channels, images, target, target + imageSize);
      return;
    }
    // Always the same three draws, so that a sample's crop does not depend on whether it may be flipped too.
    const random = new CounterRandom(seed, index);
    const shiftY = random.integer(2 * padding + 1) - padding;
    const shiftX = random.integer(2 * padding + 1) - padding;
    const flip = random.uniform() < 0.5 && mayFlip;
    // Columns of the result that come from within the image. As torchvision's RandomCrop, then RandomHorizontalFlip: it is the crop that is
    // flipped, so the result's column x shows the image's column x + shiftX, or (width − 1 − x) + shiftX.
    const first = Math.min(width, Math.max(0, flip ? shiftX : -shiftX));
    const end = Math.max(first, Math.min(width, flip ? width + shiftX : width - shiftX));
    const firstSource = source + ((flip ? width - 1 - first : first) + shiftX) * channels;
    const step = flip ? -channels : channels;
    for (let y = 0; y < height; y++) {
      const row = target + y * rowSize;
      const sourceY = y + shiftY;
      const inside = sourceY >= 0 && sourceY < height;
      if (!inside || end - first < width) images.set(black, row);
      if (!inside) continue;
      const from = firstSource + sourceY * rowSize;
      normalize(table, pixels, from, step, images, row + first * channels, row + end * channels);
    }
  };
}

/** [channels, 256]: what becomes of each pixel value. */
function normalizationTable(normalization: Normalization | undefined, channels: number): Float32Array {
  return Float32Array.from({length: channels * 256}, (_, entry) => {
    const mean = normalization?.mean[entry >> 8] ?? 0;
    const std = normalization?.std[entry >> 8] ?? 1;
    return ((entry & 255) / 255 - mean) / std;
  });
}

/** Writes pixels from `from` on, `step` apart, to `to` … `end`. */
type Normalize = (
  table: Float32Array,
  pixels: Uint8Array,
  from: number,
  step: number,
  images: Float32Array,
  to: number,
  end: number,
) => void;

/** Unrolled: three times as fast. */
const normalizeThreeChannels: Normalize = (table, pixels, from, step, images, to, end) => {
  for (; to < end; from += step, to += 3) {
    images[to] = table[pixels[from]];
    images[to + 1] = table[256 + pixels[from + 1]];
    images[to + 2] = table[512 + pixels[from + 2]];
  }
};

function normalizeChannels(channels: number): Normalize {
  return (table, pixels, from, step, images, to, end) => {
    for (; to < end; from += step, to += channels) {
      for (let channel = 0; channel < channels; channel++) {
        images[to + channel] = table[(channel << 8) | pixels[from + channel]];
      }
    }
  };
}
