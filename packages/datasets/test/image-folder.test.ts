// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {ArgumentError} from '@addernet/core';
import type {Batch, BatchOptions, ImageSplit} from '@addernet/plugin';
import sharp, {type Sharp} from 'sharp';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {DataFileError, DatasetError, DatasetUnavailableError} from '../src/index.js';
import {imageFolderAdapter} from '../src/node.js';

const folder = mkdtempSync(path.join(tmpdir(), 'image-folder-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const options = (root: string, imageSize = 8) => ({source: 'auto', root, imageSize}) as const;

/** An image whose pixel (x, y) is [red(x, y), green, blue]. */
function picture(width: number, height: number, pixel: (x: number, y: number) => [number, number, number]): Sharp {
  const data = Uint8Array.from({length: width * height * 3}, (_, at) => {
    const position = Math.floor(at / 3);
    return pixel(position % width, Math.floor(position / width))[at % 3] ?? 0;
  });
  return sharp(data, {raw: {width, height, channels: 3}});
}

const plain = (red: number, green: number, blue: number): Sharp => picture(20, 12, () => [red, green, blue]);

async function save(image: Sharp, ...parts: string[]): Promise<string> {
  const file = path.join(folder, ...parts);
  mkdirSync(path.dirname(file), {recursive: true});
  await image.toFile(file);
  return file;
}

async function batchesOf(split: ImageSplit, batching: BatchOptions): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of split.batches(batching)) batches.push(batch);
  return batches;
}

const pixelOf = ({images}: Batch, position: number, size = 8): number[] =>
  [...images.subarray(position * size * size * 3, position * size * size * 3 + 3)].map((value) =>
    Math.round(value * 255),
  );

beforeAll(async () => {
  // Names that a locale would sort otherwise: upper case comes first.
  await save(plain(200, 0, 0), 'good', 'train', 'Zebra', 'b.png');
  await save(plain(100, 0, 0), 'good', 'train', 'Zebra', 'a.JPEG'.toLowerCase());
  await save(plain(0, 150, 0), 'good', 'train', 'ant', '1.png');
  await save(plain(0, 0, 250), 'good', 'train', 'bee', '1.jpg');
  await save(plain(0, 0, 120), 'good', 'train', 'bee', '2.jpg');
  writeFileSync(path.join(folder, 'good', 'train', 'bee', 'notes.txt'), 'not an image');
  writeFileSync(path.join(folder, 'good', 'train', 'bee', '.hidden.jpg'), 'not an image');
  for (const name of ['Zebra', 'ant', 'bee']) await save(plain(10, 20, 30), 'good', 'val', name, 'x.png');
});

describe('image-folder', () => {
  it('takes labels from the class folders and leaves other files out', async () => {
    const root = path.join(folder, 'good');
    const train = await imageFolderAdapter.load('train', options(root));
    expect(train).toMatchObject({
      name: 'train',
      imageShape: [8, 8, 3],
      numClasses: 3,
      classNames: ['Zebra', 'ant', 'bee'],
      size: 5,
      provenance: {kind: 'official', label: 'images of good', path: path.join(root, 'train')},
    });
    expect([...train.labels]).toEqual([0, 0, 1, 2, 2]);
    const [batch, rest] = await batchesOf(train, {batchSize: 4});
    expect(batch?.labels).toEqual(Int32Array.of(0, 0, 1, 2));
    expect(rest?.size).toBe(1);
    const first = [0, 1, 2, 3].map((position) => (batch === undefined ? [] : pixelOf(batch, position)));
    [
      [100, 0, 0],
      [200, 0, 0],
      [0, 150, 0],
      [0, 0, 250],
    ].forEach((expected, position) => {
      // JPEG is not exact.
      expected.forEach((value, channel) =>
        expect(Math.abs((first[position]?.[channel] ?? NaN) - value)).toBeLessThan(4),
      );
    });
    expect(await imageFolderAdapter.status({root})).toEqual({available: 'official', detail: `3 classes in ${root}`});
    const test = await imageFolderAdapter.load('test', options(root));
    expect([...test.labels]).toEqual([0, 1, 2]);
  });

  it('is also found in a folder of its name within the data root', async () => {
    await save(plain(1, 1, 1), 'shared', 'image-folder', 'train', 'a', '1.png');
    await save(plain(1, 1, 1), 'shared', 'image-folder', 'train', 'b', '1.png');
    const split = await imageFolderAdapter.load('train', options(path.join(folder, 'shared')));
    expect(split.classNames).toEqual(['a', 'b']);
  });

  it('normalises, and in evaluation takes the middle of the resized image', async () => {
    // 64 × 32: the short side becomes 16 at imageSize 14, the long one 32; of it the middle 14 columns are 9 … 22 of 32, so 18 … 45 of 64.
    await save(
      picture(64, 32, (x) => [x * 4, 0, 255]),
      'wide',
      'train',
      'a',
      '1.png',
    );
    await save(
      picture(32, 64, (_x, y) => [y * 4, 0, 255]),
      'wide',
      'train',
      'b',
      '1.png',
    );
    const split = await imageFolderAdapter.load('train', options(path.join(folder, 'wide'), 14));
    const [batch] = await batchesOf(split, {batchSize: 2});
    const red = (image: number, row: number, column: number): number =>
      255 * (batch?.images[((image * 14 + row) * 14 + column) * 3] ?? NaN);
    for (const [column, x] of [
      [0, 18.5],
      [7, 32.5],
      [13, 44.5],
    ] as const) {
      expect(Math.abs(red(0, 3, column) - 4 * x)).toBeLessThan(3);
      expect(Math.abs(red(1, column, 3) - 4 * x)).toBeLessThan(3);
    }
    const normalization = {mean: [0.5, 0.25, 0], std: [0.5, 0.5, 2]};
    const [normalised] = await batchesOf(split, {batchSize: 2, normalization});
    expect(normalised?.images[1]).toBeCloseTo(-0.5, 5);
    expect(normalised?.images[2]).toBeCloseTo(0.5, 5);
    expect(normalised?.images[0]).toBeCloseTo((red(0, 0, 0) / 255 - 0.5) / 0.5, 4);
  });

  it('reads grey, 16-bit, CMYK and transparent images as RGB', async () => {
    const grey = sharp(
      Uint8Array.from({length: 144}, () => 90),
      {raw: {width: 12, height: 12, channels: 1}},
    );
    await save(grey.clone().toColourspace('b-w'), 'kinds', 'train', 'a', '1.png');
    await save(grey.clone().toColourspace('b-w').jpeg(), 'kinds', 'train', 'a', '2.jpg');
    await save(plain(90, 90, 90).toColourspace('rgb16').png(), 'kinds', 'train', 'a', '3.png');
    await save(plain(90, 90, 90).toColourspace('cmyk').jpeg({quality: 100}), 'kinds', 'train', 'b', '1.jpg');
    await save(plain(90, 90, 90).ensureAlpha(0.5), 'kinds', 'train', 'b', '2.png');
    const split = await imageFolderAdapter.load('train', options(path.join(folder, 'kinds')));
    const [batch] = await batchesOf(split, {batchSize: 5});
    for (let position = 0; position < 5; position++) {
      const pixel = batch === undefined ? [] : pixelOf(batch, position);
      expect(pixel).toHaveLength(3);
      // Colour management of CMYK is not exact.
      for (const value of pixel) expect(Math.abs(value - 90)).toBeLessThan(position === 3 ? 30 : 4);
    }
  });

  it('reads WebP, and a photo as its pixels lie in the file, whatever orientation its EXIF asks for', async () => {
    const split = (x: number): [number, number, number] => (x < 10 ? [250, 0, 0] : [0, 0, 250]);
    const turned = picture(20, 20, split).withMetadata({orientation: 6}).jpeg({quality: 100});
    await save(turned, 'orientation', 'train', 'a', '1.jpg');
    await save(picture(20, 20, split).webp({lossless: true}), 'orientation', 'train', 'b', '1.webp');
    const train = await imageFolderAdapter.load('train', options(path.join(folder, 'orientation')));
    const [batch] = await batchesOf(train, {batchSize: 2});
    for (const image of [0, 1]) {
      const red = (row: number, column: number): number => batch?.images[((image * 8 + row) * 8 + column) * 3] ?? NaN;
      // Left and right differ, above and below do not.
      expect(red(0, 0)).toBeGreaterThan(0.9);
      expect(red(7, 0)).toBeGreaterThan(0.9);
      expect(red(0, 7)).toBeLessThan(0.1);
      expect(red(7, 7)).toBeLessThan(0.1);
      const bytes = await train.image(image);
      expect([...bytes].map((value) => value / 255)).toEqual([
        ...Array.from(batch?.images.subarray(image * 192, (image + 1) * 192) ?? [], (value) =>
          expect.closeTo(value, 6),
        ),
      ]);
    }
  });

  it('shuffles and cuts by (seed, epoch, image), whatever the batch size and start', async () => {
    for (let image = 0; image < 7; image++) {
      const noise = picture(30, 25, (x, y) => [(x * 37 + image * 11) % 256, (y * 53) % 256, (x * y) % 256]);
      await save(noise, 'noise', 'train', image % 2 === 0 ? 'even' : 'odd', `${image}.png`);
    }
    const split = await imageFolderAdapter.load('train', options(path.join(folder, 'noise')));
    const {augmentation} = imageFolderAdapter;
    const read = async (extra: Partial<BatchOptions>): Promise<Map<number, string>> => {
      const batches = await batchesOf(split, {batchSize: 3, shuffle: {seed: 1, epoch: 0}, augmentation, ...extra});
      return new Map(
        batches.flatMap(({indices, images}) =>
          [...indices].map(
            (index, position) => [index, images.slice(position * 192, (position + 1) * 192).join()] as const,
          ),
        ),
      );
    };
    const once = await read({});
    expect([...once.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const others = await read({batchSize: 7});
    expect([...others.keys()]).toEqual([...once.keys()]);
    expect(others).toEqual(once);
    const later = await read({startBatch: 1});
    expect([...later.keys()]).toEqual([...once.keys()].slice(3));
    for (const [index, image] of later) expect(image).toBe(once.get(index));
    const next = await read({shuffle: {seed: 1, epoch: 1}});
    expect([...next.keys()]).not.toEqual([...once.keys()]);
    expect([...next].filter(([index, image]) => once.get(index) === image)).toEqual([]);
    const flipsOnly = await read({augmentation: {horizontalFlip: true}});
    const still = await read({augmentation: {}});
    const flipped = [...flipsOnly].filter(([index, image]) => still.get(index) !== image);
    expect(flipped.length).toBeGreaterThan(0);
    expect(flipped.length).toBeLessThan(7);
    const rowReversed = (image: string): string => {
      const values = image.split(',');
      return Array.from({length: 192}, (_, at) => {
        const [row, column, channel] = [Math.floor(at / 24), Math.floor(at / 3) % 8, at % 3];
        return values[row * 24 + (7 - column) * 3 + channel];
      }).join();
    };
    for (const [index, image] of flipped) expect(rowReversed(image)).toBe(still.get(index));
  });

  it('names a file that is cut off or no image, when its batch is due and not before', async () => {
    for (let image = 0; image < 4; image++) await save(plain(9, 9, 9), 'broken', 'train', 'a', `${image}.png`);
    const cutOff = await save(
      picture(200, 200, (x, y) => [x, y, (x * y) % 256]),
      'broken',
      'train',
      'b',
      '1.jpg',
    );
    truncateSync(cutOff, Math.floor(readFileSync(cutOff).length / 2));
    const text = path.join(folder, 'broken', 'train', 'b', '2.jpg');
    writeFileSync(text, 'no image at all');
    const split = await imageFolderAdapter.load('train', options(path.join(folder, 'broken')));
    expect(split.size).toBe(6);
    const iterator = batchesOf(split, {batchSize: 4});
    await expect(iterator).rejects.toThrow(DataFileError);
    await expect(iterator).rejects.toThrow(/b[\\/][12]\.jpg: cannot be read as an image/);
    let read = 0;
    try {
      for await (const batch of split.batches({batchSize: 2})) read += batch.size;
    } catch (error) {
      expect(error).toBeInstanceOf(DataFileError);
    }
    expect(read).toBe(4);
    // Never awaited: nothing is left that could end the process.
    for await (const batch of split.batches({batchSize: 4})) {
      expect(batch.size).toBe(4);
      break;
    }
    await expect(batchesOf(split.balancedSubset(6, 0), {batchSize: 1, startBatch: 5})).rejects.toThrow(`${text}: `);
  });

  it('takes balanced subsets', async () => {
    const train = await imageFolderAdapter.load('train', options(path.join(folder, 'good')));
    const subset = train.balancedSubset(3, 0);
    expect(subset.size).toBe(3);
    expect([...subset.labels]).toEqual([0, 1, 2]);
    expect(train.balancedSubset(5, 0)).toBe(train);
    const [batch] = await batchesOf(subset, {batchSize: 3});
    expect(
      pixelOf(batch ?? {images: new Float32Array(), labels: new Int32Array(), indices: new Int32Array(), size: 0}, 1),
    ).toEqual([0, 150, 0]);
  });

  it('says what is missing', async () => {
    const load = (root: string, split: 'train' | 'test' = 'train', more: object = {}) =>
      imageFolderAdapter.load(split, {...options(path.join(folder, root)), ...more});
    await expect(load('nowhere')).rejects.toThrow(DatasetUnavailableError);
    await expect(load('nowhere')).rejects.toThrow(
      /no images of two classes or more in .*nowhere.*expected train\/CLASS/,
    );
    await expect(load('noise', 'test')).rejects.toThrow(/there is no .*val and no .*test/);
    await expect(load('good', 'train', {source: 'synthetic'})).rejects.toThrow('no stand-in');
    await expect(load('good', 'train', {labels: 'coarse'})).rejects.toThrow(ArgumentError);
    await expect(load('good', 'train', {imageSize: 0})).rejects.toThrow('imageSize is 0');
    await save(plain(1, 1, 1), 'foreign', 'train', 'a', '1.png');
    await save(plain(1, 1, 1), 'foreign', 'train', 'b', '1.png');
    await save(plain(1, 1, 1), 'foreign', 'val', 'a', '1.png');
    await expect(load('foreign', 'test')).rejects.toThrow(/val.b: no image/);
    await save(plain(1, 1, 1), 'foreign', 'val', 'c', '1.png');
    await expect(load('foreign', 'test')).rejects.toThrow(DatasetError);
    await expect(load('foreign', 'test')).rejects.toThrow(/no class of the training images: c; expected a, b/);
    expect((await imageFolderAdapter.status({root: path.join(folder, 'nowhere')})).available).toBe('none');
    const split = await load('good');
    expect(() => split.batches({batchSize: 2, shuffle: {seed: 0, epoch: 0}, augmentation: {padCrop: 4}})).toThrow(
      ArgumentError,
    );
    expect(() => split.batches({batchSize: 0})).toThrow('batchSize is 0');
  });
});
