// SPDX-License-Identifier: Apache-2.0
import {Container} from 'inversify';
import {tokens, type DatasetAdapter} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {cifar10, cifar100, mnist} from '../src/index.js';
import {cifar10Adapter, cifar100Adapter, mnistAdapter, imageFolderAdapter} from '../src/node.js';
import datasetsPlugin, {datasetsPlugin as byName} from '../src/plugin.js';

describe.each([cifar10, cifar100, mnist])('$title', (definition) => {
  it('has sizes that follow from its records', () => {
    const [height, width, channels] = definition.imageShape;
    const imageBytes = height * width * channels;
    for (const split of ['train', 'test'] as const) {
      const parts = definition.parts[split];
      expect(parts.reduce((sum, part) => sum + part.images, 0)).toBe(definition.splitSizes[split]);
      const bytes = parts.flatMap((part) => part.files).reduce((sum, file) => sum + file.bytes, 0);
      // What is beyond the pixels: one or two label bytes an image, and the IDX headers.
      const labelBytes = definition.classNames.coarse ? 2 : 1;
      const headers = definition.name === 'mnist' ? 24 : 0;
      expect(bytes).toBe(definition.splitSizes[split] * (imageBytes + labelBytes) + headers);
    }
  });

  it('has a name for every class, each once', () => {
    expect(new Set(definition.classNames.fine).size).toBe(definition.numClasses);
  });

  it('can be fetched: every record file comes out of one download', () => {
    const files = [...definition.parts.train, ...definition.parts.test].flatMap((part) =>
      part.files.map(({name}) => name),
    );
    expect(definition.downloads.flatMap(({provides}) => provides).sort()).toEqual(files.sort());
    for (const {urls, md5, name} of definition.downloads) {
      expect(md5).toMatch(/^[0-9a-f]{32}$/);
      expect(urls.length).toBeGreaterThan(0);
      for (const url of urls)
        expect(new URL(url)).toMatchObject({protocol: 'https:', pathname: expect.stringMatching(name)});
    }
  });

  it('has a mean and a standard deviation per channel', () => {
    const channels = definition.imageShape[2];
    expect(definition.normalization.mean.length).toBe(channels);
    expect(definition.normalization.std.length).toBe(channels);
  });
});

describe('the official files', () => {
  it('have the sizes of the published ones', () => {
    expect(cifar10.parts.train.map((part) => part.files[0]?.bytes)).toEqual(Array(5).fill(30_730_000));
    expect(cifar100.parts.train[0]?.files[0]?.bytes).toBe(153_700_000);
    expect(cifar100.parts.test[0]?.files[0]?.bytes).toBe(30_740_000);
    expect(mnist.parts.train[0]?.files.map(({bytes}) => bytes)).toEqual([47_040_016, 60_008]);
    expect(mnist.parts.test[0]?.files.map(({bytes}) => bytes)).toEqual([7_840_016, 10_008]);
  });

  it('have the published checksums', () => {
    expect(cifar10.downloads.map(({name, md5}) => [name, md5])).toEqual([
      ['cifar-10-binary.tar.gz', 'c32a1d4ab5d03f1284b67883e8d87530'],
    ]);
    expect(cifar100.downloads.map(({name, md5}) => [name, md5])).toEqual([
      ['cifar-100-binary.tar.gz', '03b5dce01913d631647c71ecec9e9cb8'],
    ]);
  });
});

describe('the plugin', () => {
  it('binds the adapters', async () => {
    const container = new Container();
    await container.load(datasetsPlugin);
    const adapters = container.getAll<DatasetAdapter>(tokens.dataset);
    expect(adapters).toEqual(
      expect.arrayContaining([cifar10Adapter, cifar100Adapter, mnistAdapter, imageFolderAdapter]),
    );
    const names = adapters.map(({name}) => name);
    expect(names).toEqual(expect.arrayContaining(['cifar10', 'cifar100', 'mnist', 'image-folder']));
    expect(byName).toBe(datasetsPlugin);
  });
});
