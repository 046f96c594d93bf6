// SPDX-License-Identifier: Apache-2.0
import {stat} from 'node:fs/promises';
import type {DatasetAdapter, SplitName} from '@addernet/plugin';
import type {DatasetDefinition} from '../definition.js';
import {formatCount} from '../errors.js';
import {downloadTarget} from './fetch-official.js';
import {datasetFolder, findWrongSize, lookForSplit} from './folder.js';

type Status = Awaited<ReturnType<DatasetAdapter['status']>>;

/** What of a dataset is there, by file names and sizes. */
export async function datasetStatus(definition: DatasetDefinition, root: string): Promise<Status> {
  const folder = datasetFolder(definition, root);
  const splits = await Promise.all([splitStatus(definition, 'train', root), splitStatus(definition, 'test', root)]);
  const texts = splits.map((split) => split.text).join('; ');
  if (splits.every((split) => split.images === 'all')) return {available: 'official', detail: `${texts} in ${folder}`};
  if (splits.some((split) => split.images !== 'none')) return {available: 'partial', detail: `${texts} in ${folder}`};
  const archive = await givenArchive(definition, root);
  const next = archive ? `${archive} is there and will be unpacked when it is used` : 'downloaded when it is used';
  return {available: 'none', detail: `not in ${folder}; ${next}`};
}

interface SplitStatus {
  readonly images: 'all' | 'some' | 'none';
  readonly text: string;
}

async function splitStatus(definition: DatasetDefinition, split: SplitName, root: string): Promise<SplitStatus> {
  const there = await lookForSplit(definition, split, root);
  const wrongSize = findWrongSize(definition, split, there);
  if (wrongSize) return {images: 'some', text: `${split} is damaged: ${wrongSize.message}`};
  const all = formatCount(there.allImages);
  if (there.missing.length === 0) return {images: 'all', text: `${split} (${all} images)`};
  if (there.images === 0) return {images: 'none', text: `no ${split}`};
  const missing = there.missing.map((file) => file.name).join(', ');
  return {images: 'some', text: `${split} (${formatCount(there.images)} of ${all} images; ${missing} missing)`};
}

/** Path of an archive that somebody put into the data folder. */
async function givenArchive(definition: DatasetDefinition, root: string): Promise<string | undefined> {
  for (const download of definition.downloads.filter(({kind}) => kind === 'tar.gz')) {
    const path = downloadTarget(definition, download, root);
    const isFile = await stat(path).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (isFile) return path;
  }
  return undefined;
}
