// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {create} from 'tar';
import type {SplitName} from '@addernet/plugin';
import {cifar10, cifar100, mnist, countImages, type DatasetDefinition, type SplitPart} from '../../src/index.js';
import {mnistPart} from '../../src/mnist/files.js';

/** The official datasets' definitions with a few images, so that whole archives fit a test. Contents are generated. */

export const SMALL_SIZES = {train: 200, test: 100} as const satisfies Record<SplitName, number>;

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** One of a definition's record files, generated. */
export function recordBytes(definition: DatasetDefinition, split: SplitName, images: number, seed = 1): Uint8Array[] {
  return definition.standIn.generate(split, images, seed).files.map((file) => file.bytes);
}

/** Sizes of the small CIFAR-100's stand-in. */
export const SMALL_STAND_IN = {train: 300, test: 150} as const satisfies Record<SplitName, number>;

/** CIFAR-100 with SMALL_SIZES images; its archive is at `url`, if any. */
export function smallCifar100(url?: string, archive?: Uint8Array): DatasetDefinition {
  const part = (name: string, images: number): SplitPart => ({images, files: [{name, bytes: images * 3074}]});
  const parts = {train: [part('train.bin', SMALL_SIZES.train)], test: [part('test.bin', SMALL_SIZES.test)]};
  const downloads = cifar100.downloads.map((download) => ({
    ...download,
    urls: url === undefined ? [] : [url],
    md5: archive ? md5(archive) : download.md5,
    bytes: archive?.length ?? 0,
  }));
  const standIn = {...cifar100.standIn, sizes: SMALL_STAND_IN};
  return {...cifar100, parts, splitSizes: countImages(parts), downloads, standIn};
}

/** CIFAR-10 with five training files of 20 images and a test file of 20. */
export function smallCifar10(): DatasetDefinition {
  const shrink = (part: SplitPart): SplitPart => ({
    images: 20,
    files: part.files.map((file) => ({...file, bytes: 20 * 3073})),
  });
  const parts = {train: cifar10.parts.train.map(shrink), test: cifar10.parts.test.map(shrink)};
  return {...cifar10, parts, splitSizes: countImages(parts), downloads: []};
}

/** MNIST with SMALL_SIZES images, its files below `baseUrls`; and the files. */
export function smallMnist(baseUrls: readonly string[]): {
  readonly definition: DatasetDefinition;
  readonly published: Readonly<Record<string, Uint8Array>>;
} {
  const parts = {train: [mnistPart('train', SMALL_SIZES.train)], test: [mnistPart('test', SMALL_SIZES.test)]};
  const published: Record<string, Uint8Array> = {};
  for (const split of ['train', 'test'] as const) {
    const bytes = recordBytes(mnist, split, SMALL_SIZES[split]);
    parts[split][0]?.files.forEach((file, index) => {
      published[`/${file.gzipName}`] = gzipSync(bytes[index] ?? new Uint8Array());
    });
  }
  const downloads = mnist.downloads.map((download) => ({
    ...download,
    urls: baseUrls.map((base) => `${base}/${download.name}`),
    md5: md5(published[`/${download.name}`] ?? new Uint8Array()),
  }));
  return {definition: {...mnist, parts, splitSizes: countImages(parts), downloads}, published};
}

/** The archive of `smallCifar100`, made in `folder`. */
export async function smallCifar100Archive(folder: string): Promise<Uint8Array> {
  const [train] = recordBytes(cifar100, 'train', SMALL_SIZES.train);
  const [test] = recordBytes(cifar100, 'test', SMALL_SIZES.test);
  return tarGz(folder, {
    'cifar-100-binary/train.bin': train ?? new Uint8Array(),
    'cifar-100-binary/test.bin': test ?? new Uint8Array(),
    'cifar-100-binary/fine_label_names.txt': Buffer.from('apple\n'),
  });
}

/** A .tar.gz with the given files, made in `folder`. */
export async function tarGz(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const source = join(folder, 'archive-source');
  for (const [path, bytes] of Object.entries(files)) await place(join(source, path), bytes);
  const file = join(folder, 'archive.tar.gz');
  await create({file, cwd: source, gzip: true}, Object.keys(files));
  return readFile(file);
}

/** Writes a file and its folders. */
export async function place(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  await writeFile(path, bytes);
}
