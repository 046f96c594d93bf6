// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {DatasetAdapter, LoadOptions, SplitName} from '@addernet/plugin';
import {DatasetUnavailableError, formatCount} from '../../errors.js';
import {requireInteger} from '../../split/validate-batch-options.js';
import {requireLabelSet, requireSource, requireSplitName} from '../../split/validate-load-options.js';
import {dataRoot} from '../cache-folder.js';
import {classFolders, findImages} from './find-images.js';
import {createImageFolderSplit} from './split.js';

const NAME = 'image-folder';
const TITLE = 'Image folder';
const DEFAULT_SIZE = 224;

/** Names of the splits' folders, the first that is there. */
const FOLDERS: Readonly<Record<SplitName, readonly string[]>> = {train: ['train'], test: ['val', 'test']};

const LAYOUT = 'expected train/CLASS/*.jpg and val/CLASS/*.jpg (or test/…; .jpeg, .png and .webp, too)';

interface Place {
  readonly folder: string;
  readonly classNames: readonly string[];
}

/** The folder with train/: the data root itself, or `image-folder` in it, where the root holds other datasets too. */
async function find(root: string | undefined): Promise<Place | {readonly lookedIn: readonly string[]}> {
  const base = dataRoot(root);
  const candidates = [base, path.join(base, NAME)];
  for (const folder of candidates) {
    const classNames = await classFolders(path.join(folder, 'train'));
    if (classNames !== undefined && classNames.length >= 2) return {folder, classNames};
  }
  return {lookedIn: candidates};
}

async function splitFolder(place: Place, split: SplitName): Promise<string> {
  const candidates = FOLDERS[split].map((name) => path.join(place.folder, name));
  for (const folder of candidates) {
    if ((await classFolders(folder)) !== undefined) return folder;
  }
  throw new DatasetUnavailableError(`${TITLE}: there is no ${candidates.join(' and no ')}; ${LAYOUT}`);
}

async function load(split: SplitName, options: LoadOptions): Promise<ReturnType<typeof createImageFolderSplit>> {
  const {source, labels = 'fine', root, imageSize = DEFAULT_SIZE, signal} = options;
  requireSplitName({title: TITLE}, split);
  requireSource({title: TITLE}, source);
  requireLabelSet({title: TITLE, classNames: {fine: []}}, labels);
  requireInteger('imageSize', imageSize, 1, NAME);
  signal?.throwIfAborted();
  if (source === 'synthetic') {
    throw new DatasetUnavailableError(
      `${TITLE}: there is no stand-in for images of your own; --data=synthetic has no meaning here`,
    );
  }
  const place = await find(root);
  if ('lookedIn' in place) {
    throw new DatasetUnavailableError(
      `${TITLE}: no images of two classes or more in ${place.lookedIn.join(' or ')}; ${LAYOUT} in the folder given by --data-root`,
    );
  }
  const folder = await splitFolder(place, split);
  const found = await findImages(folder, place.classNames);
  return createImageFolderSplit({
    ...found,
    name: split,
    provenance: {kind: 'official', label: `images of ${path.basename(place.folder)}`, path: folder},
    size: imageSize,
  });
}

/**
 * Images in folders named after their classes, as ImageNet is usually laid out: `train/CLASS/*.jpg` and `val/CLASS/*.jpg` in the data root. Labels
 * are the class folders' positions in the order of their names (by code unit, so they do not depend on the locale), as torchvision's.
 *
 * Images are read when they are due. In evaluation an image's short side becomes 256/224 of `imageSize` and the middle is taken; in training,
 * with augmentation, a random region is brought to `imageSize` and flipped at random. Normalised by ImageNet's mean and standard deviation.
 */
export const imageFolderAdapter: DatasetAdapter = {
  name: NAME,
  title: TITLE,
  description: 'JPEG, PNG and WebP files of your own, or ImageNet: train/CLASS/* and val/CLASS/* in the data root',
  imageShape: [DEFAULT_SIZE, DEFAULT_SIZE, 3],
  normalization: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]},
  augmentation: {randomResizedCrop: {scale: [0.08, 1], ratio: [3 / 4, 4 / 3]}, horizontalFlip: true},
  load,
  async status({root}) {
    const place = await find(root);
    return 'lookedIn' in place
      ? {available: 'none', detail: `no train/CLASS/* in ${place.lookedIn.join(' or ')}`}
      : {available: 'official', detail: `${formatCount(place.classNames.length)} classes in ${place.folder}`};
  },
};
