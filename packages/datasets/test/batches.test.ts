// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {Batch, BatchOptions, InMemorySplit} from '@addernet/plugin';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createImageSplit} from '../src/index.js';
import {patternedSplit, pixelOf} from './support/splits.js';

const ten = patternedSplit([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const AUGMENTED = {padCrop: 2, horizontalFlip: true} as const;

/** Image by sample index. */
function imagesByIndex(split: InMemorySplit, options: BatchOptions): Map<number, Float32Array> {
  const images = new Map<number, Float32Array>();
  const imageSize = split.imageShape.reduce((product, size) => product * size, 1);
  for (const batch of split.batches(options)) {
    batch.indices.forEach((index, position) => {
      images.set(index, batch.images.slice(position * imageSize, (position + 1) * imageSize));
    });
  }
  return images;
}

function order(batches: Iterable<Batch>): number[] {
  return [...batches].flatMap((batch) => [...batch.indices]);
}

describe('batches', () => {
  it('go through the split in stored order, scaled to [0, 1], without shuffle', () => {
    const batches = [...ten.batches({batchSize: 4})];
    expect(batches.map((batch) => batch.size)).toEqual([4, 4, 2]);
    expect(ten.batchCount({batchSize: 4})).toBe(3);
    expect(order(batches)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const {indices, images, labels} of batches) {
      expect(images.length).toBe(indices.length * 60);
      expect([...labels]).toEqual([...indices]);
      indices.forEach((index, position) => {
        for (let p = 0; p < 60; p++) expect(images[position * 60 + p]).toBe(Math.fround(pixelOf(index, p) / 255));
      });
    }
  });

  it('leave out a smaller last batch when asked, and start where asked', () => {
    expect(ten.batchCount({batchSize: 4, dropRemainder: true})).toBe(2);
    expect(order(ten.batches({batchSize: 4, dropRemainder: true}))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(order(ten.batches({batchSize: 4, startBatch: 2}))).toEqual([8, 9]);
    expect(order(ten.batches({batchSize: 4, startBatch: 3}))).toEqual([]);
    expect(ten.batchCount({batchSize: 11, dropRemainder: true})).toBe(0);
  });

  it('normalise per channel: (pixel / 255 − mean) / std', () => {
    const normalization = {mean: [0.5, 0.25, 0.125], std: [0.5, 0.25, 2]};
    const [batch] = ten.batches({batchSize: 10, normalization});
    for (let at = 0; at < 600; at++) {
      const channel = at % 3;
      const pixel = pixelOf(Math.floor(at / 60), at % 60) / 255;
      const expected = (pixel - (normalization.mean[channel] ?? 0)) / (normalization.std[channel] ?? 0);
      expect(batch?.images[at]).toBe(Math.fround(expected));
    }
  });

  it('can be gone through more than once, with the same result', () => {
    const batches = ten.batches({batchSize: 3, shuffle: {seed: 5, epoch: 1}, augmentation: AUGMENTED});
    expect([...batches]).toEqual([...batches]);
  });

  it('are a permutation that seed and epoch determine and the batch size does not', () => {
    const split = patternedSplit(Array.from({length: 50}, (_, index) => index % 10));
    const options = fc.record({seed: fc.integer(), epoch: fc.nat(1000), batchSize: fc.integer({min: 1, max: 60})});
    fc.assert(
      fc.property(options, fc.integer({min: 1, max: 60}), ({seed, epoch, batchSize}, otherSize) => {
        const first = order(split.batches({batchSize, shuffle: {seed, epoch}}));
        expect([...first].sort((a, b) => a - b)).toEqual(Array.from({length: 50}, (_, index) => index));
        expect(order(split.batches({batchSize: otherSize, shuffle: {seed, epoch}}))).toEqual(first);
        expect(order(split.batches({batchSize, shuffle: {seed, epoch: epoch + 1}}))).not.toEqual(first);
        expect(order(split.batches({batchSize, shuffle: {seed: seed + 1, epoch}}))).not.toEqual(first);
      }),
      {numRuns: 30},
    );
  });

  it('start in the middle of an epoch as if they had started at its beginning', () => {
    const options = {batchSize: 3, shuffle: {seed: 2, epoch: 7}, augmentation: AUGMENTED};
    const whole = [...ten.batches(options)];
    expect([...ten.batches({...options, startBatch: 2})]).toEqual(whole.slice(2));
  });

  it('have arrays of their own', () => {
    const [first, second] = ten.batches({batchSize: 5});
    first?.images.fill(9);
    expect(second?.images.includes(9)).toBe(false);
    expect(ten.pixels[1]).toBe(pixelOf(0, 1));
  });

  it('of no samples are none', () => {
    const empty = patternedSplit([]);
    expect([...empty.batches({batchSize: 4, shuffle: {seed: 1, epoch: 0}})]).toEqual([]);
  });

  const wrong: readonly [string, BatchOptions, RegExp][] = [
    ['batchSize 0', {batchSize: 0}, /batchSize is 0; expected an integer of at least 1/],
    ['batchSize 2.5', {batchSize: 2.5}, /batchSize is 2.5/],
    ['startBatch −1', {batchSize: 1, startBatch: -1}, /startBatch is -1; expected an integer of at least 0/],
    ['a fractional seed', {batchSize: 1, shuffle: {seed: 0.5, epoch: 0}}, /shuffle.seed is 0.5; expected an integer/],
    ['a negative epoch', {batchSize: 1, shuffle: {seed: 0, epoch: -1}}, /shuffle.epoch is -1/],
    [
      'augmentation without shuffle',
      {batchSize: 1, augmentation: {horizontalFlip: true}},
      /augmentation .* without shuffle/,
    ],
    ['a crop of −1', {batchSize: 1, augmentation: {padCrop: -1}}, /augmentation.padCrop is -1/],
    ['one mean for three channels', {batchSize: 1, normalization: {mean: [0], std: [1]}}, /1 means .* 3 channels/],
    [
      'std 0',
      {batchSize: 1, normalization: {mean: [0, 0, 0], std: [1, 0, 1]}},
      /normalization.std is \[1, 0, 1\]; expected numbers above 0/,
    ],
    ['mean NaN', {batchSize: 1, normalization: {mean: [0, NaN, 0], std: [1, 1, 1]}}, /normalization.mean/],
  ];
  it.each(wrong)('refuse %s at once', (_, options, message) => {
    expect(() => ten.batches(options)).toThrow(ArgumentError);
    expect(() => ten.batches(options)).toThrow(message);
  });
});

describe('augmentation', () => {
  /** All crops and flips of an image, by definition. */
  function variants(
    split: InMemorySplit,
    index: number,
    padding: number,
    flips: readonly boolean[],
  ): Map<string, number[]> {
    const [height, width, channels] = split.imageShape;
    const pixel = (y: number, x: number, c: number) =>
      y < 0 || x < 0 || y >= height || x >= width
        ? 0
        : (split.pixels[((index * height + y) * width + x) * channels + c] ?? 0);
    const result = new Map<string, number[]>();
    for (let top = -padding; top <= padding; top++) {
      for (let left = -padding; left <= padding; left++) {
        for (const flip of flips) {
          const image: number[] = [];
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              for (let c = 0; c < channels; c++) {
                image.push(pixel(y + top, (flip ? width - 1 - x : x) + left, c));
              }
            }
          }
          result.set(image.join(), [top, left, flip ? 1 : 0]);
        }
      }
    }
    return result;
  }

  function asBytes(image: Float32Array): string {
    return Array.from(image, (value) => Math.round(value * 255)).join();
  }

  it('gives every crop of the zero-padded image, flipped or not, and nothing else', () => {
    const split = patternedSplit([0, 1, 2]);
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 200; epoch++) {
      const images = imagesByIndex(split, {
        batchSize: 2,
        shuffle: {seed: 1, epoch},
        augmentation: {padCrop: 1, horizontalFlip: true},
      });
      for (const [index, image] of images) {
        const variant = variants(split, index, 1, [false, true]).get(asBytes(image));
        expect(variant).toBeDefined();
        seen.set(String(variant), (seen.get(String(variant)) ?? 0) + 1);
      }
    }
    expect(seen.size).toBe(18);
    // 600 draws over 18 equally likely variants: 33 each, standard deviation 5.6.
    for (const count of seen.values()) expect(count).toBeGreaterThan(10);
    for (const count of seen.values()) expect(count).toBeLessThan(60);
  });

  it('only crops, or only flips, when asked for one', () => {
    const shuffle = {seed: 3, epoch: 0};
    for (const [augmentation, padding, flips] of [
      [{padCrop: 2}, 2, [false]],
      [{horizontalFlip: true}, 0, [false, true]],
      [{}, 0, [false]],
      [{padCrop: 0, horizontalFlip: false}, 0, [false]],
    ] as const) {
      for (const [index, image] of imagesByIndex(ten, {batchSize: 4, shuffle, augmentation})) {
        expect(variants(ten, index, padding, flips).has(asBytes(image))).toBe(true);
      }
    }
  });

  it('crops a sample the same way whether it may be flipped too or not', () => {
    const shuffle = {seed: 3, epoch: 4};
    const cropped = imagesByIndex(ten, {batchSize: 4, shuffle, augmentation: {padCrop: 2}});
    const both = imagesByIndex(ten, {batchSize: 4, shuffle, augmentation: AUGMENTED});
    for (const [index, image] of both) {
      const [top, left] = variants(ten, index, 2, [false, true]).get(asBytes(image)) ?? [];
      const [cropTop, cropLeft] = variants(ten, index, 2, [false]).get(asBytes(cropped.get(index) ?? image)) ?? [];
      expect([top, left]).toEqual([cropTop, cropLeft]);
    }
  });

  it('pads with black pixels, then normalises', () => {
    const white = createImageSplit({
      name: 'train',
      provenance: {kind: 'official', label: 'white'},
      imageShape: [2, 2, 1],
      classNames: ['white'],
      pixels: new Uint8Array(4).fill(255),
      labels: new Uint8Array(1),
    });
    const normalization = {mean: [0.5], std: [0.5]};
    const values = new Set<number>();
    for (let epoch = 0; epoch < 20; epoch++) {
      const [batch] = white.batches({
        batchSize: 1,
        shuffle: {seed: 0, epoch},
        augmentation: {padCrop: 1},
        normalization,
      });
      batch?.images.forEach((value) => values.add(value));
    }
    expect([...values].sort()).toEqual([-1, 1]);
  });

  it('depends on seed, epoch and sample, not on the batch size', () => {
    const options = fc.record({seed: fc.integer(), epoch: fc.nat(100)});
    fc.assert(
      fc.property(options, fc.integer({min: 1, max: 12}), fc.integer({min: 1, max: 12}), (shuffle, size, otherSize) => {
        const images = imagesByIndex(ten, {batchSize: size, shuffle, augmentation: AUGMENTED});
        expect(imagesByIndex(ten, {batchSize: otherSize, shuffle, augmentation: AUGMENTED})).toEqual(
          new Map([...images.keys()].map((index) => [index, images.get(index)])),
        );
        const next = imagesByIndex(ten, {
          batchSize: size,
          shuffle: {...shuffle, epoch: shuffle.epoch + 1},
          augmentation: AUGMENTED,
        });
        expect([...images].some(([index, image]) => asBytes(image) !== asBytes(next.get(index) ?? image))).toBe(true);
      }),
      {numRuns: 20},
    );
  });
});
