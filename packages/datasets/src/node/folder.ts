// SPDX-License-Identifier: Apache-2.0
import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {SplitName} from '@addernet/plugin';
import type {DatasetDefinition, NamedBytes, RecordFile} from '../definition.js';
import {DataFileError, DataFileSizeError} from '../errors.js';
import {findParts, SIZE_HINT, type PartsThere} from '../split/parts.js';
import {systemErrorCode} from './cache-folder.js';

/** A record file on disk, maybe gzip-compressed. */
interface FileThere {
  readonly path: string;
  readonly bytes: number;
  readonly compressed: boolean;
}

/** What of a split is in a dataset's folder. */
export interface SplitThere extends PartsThere {
  /** By the record file's name. */
  readonly files: ReadonlyMap<string, FileThere>;
}

/** The dataset's folder within the data folder. */
export function datasetFolder(definition: Pick<DatasetDefinition, 'folder'>, root: string): string {
  return join(root, ...definition.folder.split('/'));
}

/** Looks for a split's files without reading them. */
export async function lookForSplit(definition: DatasetDefinition, split: SplitName, root: string): Promise<SplitThere> {
  const folder = datasetFolder(definition, root);
  const files = new Map<string, FileThere>();
  for (const file of definition.parts[split].flatMap((part) => part.files)) {
    const there = await lookForFile(folder, file);
    if (there) files.set(file.name, there);
  }
  return {...findParts(definition, split, (file) => files.has(file.name)), files};
}

async function lookForFile(folder: string, file: RecordFile): Promise<FileThere | undefined> {
  const plain = join(folder, file.name);
  const bytes = await fileSize(plain);
  if (bytes !== undefined) return {path: plain, bytes, compressed: false};
  if (file.gzipName === undefined) return undefined;
  const path = join(folder, file.gzipName);
  const compressedBytes = await fileSize(path);
  return compressedBytes === undefined ? undefined : {path, bytes: compressedBytes, compressed: true};
}

/** Undefined when there is no such file; a folder by that name counts as none. */
async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  }
}

/** The first of the files there whose size alone shows that it is not the official one. */
export function findWrongSize(
  definition: DatasetDefinition,
  split: SplitName,
  there: SplitThere,
): DataFileSizeError | undefined {
  for (const {name, bytes} of definition.parts[split].flatMap((part) => part.files)) {
    const found = there.files.get(name);
    if (found && !found.compressed && found.bytes !== bytes) {
      return new DataFileSizeError(found.path, bytes, found.bytes, SIZE_HINT);
    }
  }
  return undefined;
}

/** Reads a whole file. @throws DataFileError when the system refuses; the signal's reason when aborted. */
export async function readDataFile(path: string, signal?: AbortSignal): Promise<NamedBytes> {
  signal?.throwIfAborted();
  try {
    const {buffer, byteOffset, length} = await readFile(path, {signal});
    return {name: path, bytes: new Uint8Array(buffer, byteOffset, length)};
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): DataFileError {
  return new DataFileError(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
