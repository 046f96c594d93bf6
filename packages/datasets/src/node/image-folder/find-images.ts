// SPDX-License-Identifier: Apache-2.0
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {DatasetError, DatasetUnavailableError} from '../../errors.js';
import {systemErrorCode} from '../cache-folder.js';

/** Images in stored order: class by class, files by name. */
export interface FoundImages {
  /** Names of the class folders, sorted: the labels are positions in it. */
  readonly classNames: readonly string[];
  /** Absolute. */
  readonly files: readonly string[];
  readonly labels: Int32Array;
}

const IMAGE = /\.(jpe?g|png|webp)$/i;

async function entries(folder: string): Promise<{readonly folders: string[]; readonly files: string[]}> {
  const found = await readdir(folder, {withFileTypes: true});
  const visible = found.filter(({name}) => !name.startsWith('.'));
  // Not by locale: labels must not depend on the machine's.
  const names = (chosen: typeof visible): string[] =>
    chosen.map(({name}) => name).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    folders: names(visible.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())),
    files: names(visible.filter((entry) => entry.isFile() || entry.isSymbolicLink())),
  };
}

/** The classes of a split's folder; undefined where there is no such folder. */
export async function classFolders(folder: string): Promise<readonly string[] | undefined> {
  try {
    return (await entries(folder)).folders;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * The images of `<folder>/<class>/*.{jpg,jpeg,png,webp}`; other files are passed over.
 *
 * @param classNames of the whole dataset, in order
 * @throws DatasetUnavailableError if a class has no folder or no image; DatasetError for folders that are no class
 */
export async function findImages(folder: string, classNames: readonly string[]): Promise<FoundImages> {
  const there = (await classFolders(folder)) ?? [];
  const foreign = there.filter((name) => !classNames.includes(name));
  if (foreign.length > 0) {
    throw new DatasetError(
      'ADDERNET_DATA_CLASSES',
      `${folder}: has folders that are no class of the training images: ${some(foreign)}; expected ${some(classNames)}`,
    );
  }
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of classNames.entries()) {
    const inClass = path.join(folder, name);
    const images = there.includes(name) ? (await entries(inClass)).files.filter((file) => IMAGE.test(file)) : [];
    if (images.length === 0) {
      throw new DatasetUnavailableError(
        `${inClass}: no image; expected at least one .jpg, .jpeg, .png or .webp of each class`,
      );
    }
    for (const file of images) {
      files.push(path.join(inClass, file));
      labels.push(label);
    }
  }
  return {classNames, files, labels: Int32Array.from(labels)};
}

/** The first names of a long list. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
