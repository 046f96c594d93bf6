// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {cifar10, cifar100, mnist, syntheticSplit} from '../src/index.js';
import {md5} from './support/small-datasets.js';

const ALL = [cifar10, cifar100, mnist] as const;

function counts(labels: ArrayLike<number>, numClasses: number): number[] {
  const result = Array.from({length: numClasses}, () => 0);
  for (const label of Array.from(labels)) result[label] = (result[label] ?? 0) + 1;
  return result;
}

describe.each(ALL)('the stand-in for $title', (definition) => {
  it('has the shapes of the dataset and is called synthetic', () => {
    const split = syntheticSplit(definition, 'test', {images: 50});
    expect(split).toMatchObject({
      name: 'test',
      size: 50,
      imageShape: definition.imageShape,
      numClasses: definition.numClasses,
    });
    expect(split.provenance).toEqual({kind: 'synthetic', label: `synthetic stand-in for ${definition.title}`});
  });

  it('is written in the official format and read by the official reader', () => {
    const {part, files} = definition.standIn.generate('train', 30, 1);
    expect(files.map(({bytes}) => bytes.length)).toEqual(part.files.map(({bytes}) => bytes));
    const official = definition.parts.train[0];
    const perImage = (bytes: number, images: number) => Math.floor(bytes / images);
    expect(files.map(({bytes}) => perImage(bytes.length, 30))).toEqual(
      official?.files.map(({bytes}) => perImage(bytes, official.images)),
    );
    const read = definition.decode(part, files, 'fine');
    expect(md5(syntheticSplit(definition, 'train', {images: 30, seed: 1}).pixels)).toBe(md5(read.pixels));
  });

  it('follows from the seed; more images begin with the same ones', () => {
    const first = syntheticSplit(definition, 'train', {images: 40, seed: 3});
    const more = syntheticSplit(definition, 'train', {images: 130, seed: 3});
    expect(md5(more.pixels.subarray(0, first.pixels.length))).toBe(md5(first.pixels));
    expect([...more.labels].slice(0, 40)).toEqual([...first.labels]);
    for (const other of [
      syntheticSplit(definition, 'train', {images: 40, seed: 4}),
      syntheticSplit(definition, 'test', {images: 40, seed: 3}),
    ]) {
      expect(md5(other.pixels)).not.toBe(md5(first.pixels));
    }
  });

  it('has every class equally often, give or take one', () => {
    for (const images of [definition.numClasses * 3, definition.numClasses * 2 + 7]) {
      const perClass = counts(syntheticSplit(definition, 'train', {images}).labels, definition.numClasses);
      expect(Math.max(...perClass) - Math.min(...perClass)).toBeLessThanOrEqual(1);
    }
  });

  it('is different in every image', () => {
    const {pixels, size, imageShape} = syntheticSplit(definition, 'train', {images: 200});
    const imageSize = imageShape[0] * imageShape[1] * imageShape[2];
    const images = Array.from({length: size}, (_, i) => md5(pixels.subarray(i * imageSize, (i + 1) * imageSize)));
    expect(new Set(images).size).toBe(size);
  });

  it('refuses wrong options', () => {
    expect(() => syntheticSplit(definition, 'train', {images: 0})).toThrow(
      /images is 0; expected an integer of at least 1/,
    );
    expect(() => syntheticSplit(definition, 'train', {seed: 0.5})).toThrow(/seed is 0.5/);
  });
});

describe('generated images', () => {
  // Changes here change what `--data=synthetic` results mean: never by accident.
  it.each([
    ['CIFAR-10', cifar10, '578037b4ffb8e62412f18e7f1bb63f2d'],
    ['CIFAR-100', cifar100, '19e9869ad559876dfbcae76175c9d454'],
    ['MNIST', mnist, '0bd1125089c0ba62bb55815195ea91b4'],
  ] as const)('are the same bytes everywhere: %s', (_title, definition, expected) => {
    expect(md5(syntheticSplit(definition, 'train', {images: 100}).pixels)).toBe(expected);
  });

  it('have 20 families of 5 variants as coarse and fine classes', () => {
    const fine = syntheticSplit(cifar100, 'test', {images: 300});
    const coarse = syntheticSplit(cifar100, 'test', {images: 300, labels: 'coarse'});
    expect(coarse.numClasses).toBe(20);
    expect(new Set(fine.classNames).size).toBe(100);
    expect(fine.classGroups?.map(({name}) => name)).toEqual(coarse.classNames);
    expect(coarse.classGroups).toBeUndefined();
    for (let index = 0; index < 300; index++) {
      expect(coarse.labels[index]).toBe(Math.floor((fine.labels[index] ?? 0) / 5));
      const [fineName, coarseName] = [fine, coarse].map((split) => split.classNames[split.labels[index] ?? -1]);
      expect(fineName?.endsWith(` ${coarseName}`)).toBe(true);
      expect(fine.classGroups?.[coarse.labels[index] ?? -1]?.classes).toContain(fine.labels[index]);
    }
  });

  it('do not borrow the names of real classes', () => {
    expect(syntheticSplit(cifar100, 'test', {images: 1}).classNames).not.toContain('apple');
    expect(syntheticSplit(cifar10, 'test', {images: 1}).classNames).not.toContain('airplane');
  });

  it('have the same mean in every class, a fair spread, and hardly any clipping', () => {
    const {pixels, labels, size} = syntheticSplit(cifar100, 'train', {images: 4000, labels: 'coarse'});
    const sums = new Float64Array(20);
    const images = new Float64Array(20);
    let sum = 0;
    let squares = 0;
    let clipped = 0;
    for (let index = 0; index < size; index++) {
      let total = 0;
      for (let at = index * 3072; at < (index + 1) * 3072; at++) {
        total += pixels[at];
        squares += pixels[at] ** 2;
        if (pixels[at] === 0 || pixels[at] === 255) clipped++;
      }
      sums[labels[index]] += total / 3072;
      images[labels[index]]++;
      sum += total / 3072;
    }
    const mean = sum / size;
    expect(Math.abs(mean - 127.5)).toBeLessThan(2);
    // A class's mean is that of 200 images, whose own means deviate by about 20: a standard error of 1.4.
    for (let label = 0; label < 20; label++) expect(Math.abs(sums[label] / images[label] - mean)).toBeLessThan(7);
    expect(Math.sqrt(squares / pixels.length - mean ** 2)).toBeGreaterThan(40);
    expect(clipped / pixels.length).toBeLessThan(0.03);
  });

  it('of digits are bright strokes on black, about as many as MNIST has', () => {
    const {pixels} = syntheticSplit(mnist, 'train', {images: 500});
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length / 255;
    expect(mean).toBeGreaterThan(0.09);
    expect(mean).toBeLessThan(0.18);
  });

  it('come in a second or two', () => {
    const start = process.cpuUsage();
    const splits = [syntheticSplit(cifar100, 'train'), syntheticSplit(cifar100, 'test')];
    const {user, system} = process.cpuUsage(start);
    expect(splits.map(({size}) => size)).toEqual([10_000, 2_000]);
    expect((user + system) / 1e6).toBeLessThan(8); // 1.5 s on an idle core; slow machines must not fail
  });
});
