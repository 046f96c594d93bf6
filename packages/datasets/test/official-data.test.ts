// SPDX-License-Identifier: Apache-2.0
import type {DatasetAdapter, InMemorySplit, SplitName} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {cifar10, cifar100, mnist, type DatasetDefinition} from '../src/index.js';
import {cifar10Adapter, cifar100Adapter, dataRoot, mnistAdapter} from '../src/node.js';
import {lookForSplit} from '../src/node/folder.js';

const hasRoot = (process.env['ADDERNET_DATA'] ?? '') !== '';
const NEEDS = '(needs ADDERNET_DATA)';

async function isThere(definition: DatasetDefinition, split: SplitName): Promise<boolean> {
  return hasRoot && (await lookForSplit(definition, split, dataRoot())).missing.length === 0;
}

function counts(split: InMemorySplit): number[] {
  const result = Array.from({length: split.numClasses}, () => 0);
  split.labels.forEach((label) => result[label]++);
  return result;
}

/** Mean and standard deviation per channel of pixels in [0, 1], over every fifth image. */
function statistics({pixels, imageShape, size}: InMemorySplit) {
  const [height, width, channels] = imageShape;
  const imageSize = height * width * channels;
  const sums = Array.from({length: channels}, () => 0);
  const squares = Array.from({length: channels}, () => 0);
  let count = 0;
  for (let image = 0; image < size; image += 5) {
    for (let at = image * imageSize; at < (image + 1) * imageSize; at++) {
      sums[at % channels] += pixels[at] / 255;
      squares[at % channels] += (pixels[at] / 255) ** 2;
    }
    count += height * width;
  }
  const mean = sums.map((sum) => sum / count);
  return {mean, std: squares.map((square, channel) => Math.sqrt(square / count - mean[channel] ** 2))};
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => expect(Math.abs(value - expected[index])).toBeLessThan(tolerance));
}

async function load(
  adapter: DatasetAdapter<InMemorySplit>,
  split: SplitName,
  labels: 'fine' | 'coarse' = 'fine',
): Promise<InMemorySplit> {
  const loaded = await adapter.load(split, {source: 'official', labels});
  expect(loaded.provenance).toMatchObject({kind: 'official', label: adapter.title});
  expect(loaded.size).toBe(adapter.splitSizes?.[split]);
  return loaded;
}

describe.skipIf(!(await isThere(cifar100, 'train')) || !(await isThere(cifar100, 'test')))(`CIFAR-100 ${NEEDS}`, () => {
  it('has 500 training and 100 test images of each of 100 classes, 5 classes in each of 20', async () => {
    const train = await load(cifar100Adapter, 'train');
    expect(new Set(counts(train))).toEqual(new Set([500]));
    expectClose(statistics(train).mean, cifar100.normalization.mean, 0.003);
    expectClose(statistics(train).std, cifar100.normalization.std, 0.003);
    const test = await load(cifar100Adapter, 'test');
    expect(new Set(counts(test))).toEqual(new Set([100]));
    const coarse = await load(cifar100Adapter, 'test', 'coarse');
    expect(new Set(counts(coarse))).toEqual(new Set([500]));
    const pairs = new Set(Array.from(test.labels, (label, index) => `${coarse.labels[index]}/${label}`));
    expect(pairs.size).toBe(100);
    const grouped = test.classGroups?.flatMap(({classes}, group) => classes.map((fine) => `${group}/${fine}`));
    expect(new Set(grouped)).toEqual(pairs);
    expect(test.classGroups?.map(({name}) => name)).toEqual(coarse.classNames);
    expect(coarse.classGroups).toBeUndefined();
    const nameOf = (split: InMemorySplit, index: number) => split.classNames[split.labels[index]];
    const flower = Array.from(test.labels).indexOf(test.classNames.indexOf('tulip'));
    expect(nameOf(coarse, flower)).toBe('flowers');
  });
});

describe.skipIf(!(await isThere(cifar10, 'test')))(`CIFAR-10's test split ${NEEDS}`, () => {
  it('has 1,000 images of each of 10 classes', async () => {
    const test = await load(cifar10Adapter, 'test');
    expect(counts(test)).toEqual(Array(10).fill(1000));
    expectClose(statistics(test).mean, cifar10.normalization.mean, 0.008);
    // The authors' standard deviations are means of each image's own, and so smaller than those over all pixels.
    expectClose(statistics(test).std, [0.247, 0.2435, 0.2616], 0.006);
  });
});

describe.skipIf(!hasRoot || (await cifar10Adapter.status({})).available !== 'partial')(
  `a partial CIFAR-10 ${NEEDS}`,
  () => {
    it('needs allowPartial and is labelled with what it has', async () => {
      await expect(cifar10Adapter.load('train', {source: 'auto'})).rejects.toThrow(/--allow-partial/);
      const train = await cifar10Adapter.load('train', {source: 'auto', allowPartial: true});
      expect(train.provenance.kind).toBe('partial');
      expect(train.provenance.label).toBe(`CIFAR-10 (${train.size.toLocaleString('en-US')} of 50,000)`);
      expectClose(statistics(train).mean, cifar10.normalization.mean, 0.008);
    });
  },
);

describe.skipIf(!(await isThere(mnist, 'train')) || !(await isThere(mnist, 'test')))(`MNIST ${NEEDS}`, () => {
  it('has the known label histograms and pixel statistics', async () => {
    const train = await load(mnistAdapter, 'train');
    expect(counts(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expectClose(statistics(train).mean, mnist.normalization.mean, 0.002);
    expectClose(statistics(train).std, mnist.normalization.std, 0.002);
    expect(counts(await load(mnistAdapter, 'test'))).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });
});
