// SPDX-License-Identifier: Apache-2.0
import {join} from 'node:path';
import type {LoadOptions} from '@addernet/plugin';
import type {DatasetDefinition, Download, RecordFile} from '../definition.js';
import {ChecksumError} from '../errors.js';
import {extractFiles} from './archive.js';
import {systemErrorCode} from './cache-folder.js';
import {md5OfFile} from './checksum.js';
import {downloadFile} from './download.js';
import {datasetFolder} from './folder.js';

/** Where a published file belongs: archives in the data folder, single files in the dataset's folder. */
export function downloadTarget(
  definition: Pick<DatasetDefinition, 'folder'>,
  download: Download,
  root: string,
): string {
  return join(download.kind === 'tar.gz' ? root : datasetFolder(definition, root), download.name);
}

/**
 * Gets a published file and what it holds into the dataset's folder. An archive that somebody put into the data folder is used, after its checksum,
 * and stays; one that is downloaded is not kept once it is unpacked.
 */
export async function fetchOfficial(
  definition: DatasetDefinition,
  download: Download,
  root: string,
  {signal, onProgress}: Pick<LoadOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const target = downloadTarget(definition, download, root);
  const optional = signal ? {signal} : {};
  const unpack = (archive: string) => {
    const files = recordFiles(definition, download);
    const folder = datasetFolder(definition, root);
    return extractFiles({archive, folder, pathInArchive: definition.folder, files, ...optional});
  };
  const given = download.kind === 'tar.gz' ? await md5IfThere(target, signal) : undefined;
  if (given === undefined) {
    const {urls, md5} = download;
    // An archive is unpacked from its part file, so that another process never finds it half used.
    const deliver = download.kind === 'tar.gz' ? {deliver: unpack} : {};
    await downloadFile({urls, md5, target, ...deliver, ...optional, ...(onProgress ? {onProgress} : {})});
  } else if (given === download.md5) {
    await unpack(target);
  } else {
    throw new ChecksumError(target, download.md5, given, 'Delete the file, and it will be downloaded again.');
  }
}

/** The record files that come out of a download, with their sizes. */
function recordFiles(definition: DatasetDefinition, {provides}: Download): RecordFile[] {
  return [...definition.parts.train, ...definition.parts.test]
    .flatMap((part) => part.files)
    .filter((file) => provides.includes(file.name));
}

async function md5IfThere(path: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return await md5OfFile(path, signal);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
