// SPDX-License-Identifier: Apache-2.0
import {mkdir, mkdtemp, readdir, rename, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {extract} from 'tar';
import {ArchiveError, CacheFolderError, formatCount} from '../errors.js';
import {systemErrorCode, writingTo} from './cache-folder.js';

export interface ExtractRequest {
  readonly archive: string;
  /** Folder that gets the files; its parent holds the temporary folder. */
  readonly folder: string;
  /** Path of the folder within the archive, e.g. 'cifar-100-binary'. */
  readonly pathInArchive: string;
  /** Files to take, with their exact sizes; everything else in the archive is left alone. */
  readonly files: readonly {readonly name: string; readonly bytes: number}[];
  readonly signal?: AbortSignal;
}

const TEMPORARY_PREFIX = '.addernet-extract-';
/** Temporary folders older than this belong to processes that died. */
const STALE_MS = 3_600_000;

/**
 * Takes the expected files, and nothing else, out of a .tar.gz. They are extracted to a temporary folder and renamed, so a file that is there is whole;
 * a file that is there already stays.
 *
 * @throws ArchiveError when it cannot be read, or a file is missing, no plain file or of another size; CacheFolderError when the
 *   folder cannot be written; the signal's reason when aborted.
 */
export async function extractFiles(request: ExtractRequest): Promise<void> {
  const {archive, folder, signal} = request;
  const parent = dirname(folder);
  await writingTo(parent, async () => {
    await mkdir(parent, {recursive: true});
    await removeStale(parent);
    const temporary = await mkdtemp(join(parent, TEMPORARY_PREFIX));
    try {
      await extractTo(temporary, request);
      signal?.throwIfAborted();
      await mkdir(folder, {recursive: true});
      for (const {name} of request.files) {
        if (!(await exists(join(folder, name))))
          await rename(join(temporary, request.pathInArchive, name), join(folder, name));
      }
    } catch (error) {
      if (error instanceof ArchiveError || systemErrorCode(error) !== undefined || signal?.aborted) throw error;
      throw new ArchiveError(archive, `cannot be unpacked: ${String(error)}`, {cause: error});
    } finally {
      await rm(temporary, {recursive: true, force: true});
    }
  });
}

async function extractTo(temporary: string, request: ExtractRequest): Promise<void> {
  const {archive, pathInArchive, files} = request;
  const expected = new Map(files.map((file) => [`${pathInArchive}/${file.name}`, file]));
  const refused: string[] = [];
  try {
    await extract({
      file: archive,
      cwd: temporary,
      strict: true,
      noMtime: true,
      preserveOwner: false,
      // Only exact paths of plain files pass: no links, no '..', no absolute paths, and no folder that a link could stand in for.
      filter: (path, entry) => {
        const file = expected.get(path.replace(/^\.\//, ''));
        if (file === undefined || !('type' in entry)) return false;
        const plain = entry.type === 'File' || entry.type === 'OldFile';
        if (plain && entry.size === file.bytes) return true;
        const given = plain ? `${formatCount(entry.size)} bytes` : `a ${entry.type}`;
        refused.push(`${path} is ${given}; expected a file of ${formatCount(file.bytes)} bytes`);
        return false;
      },
    });
  } catch (error) {
    if (error instanceof CacheFolderError || isWriteError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArchiveError(archive, `cannot be unpacked: ${reason} (a truncated or corrupt .tar.gz)`, {cause: error});
  }
  if (refused.length > 0) throw new ArchiveError(archive, refused.join('; '));
  for (const {name, bytes} of files) {
    const size = await sizeOf(join(temporary, pathInArchive, name));
    if (size === undefined) throw new ArchiveError(archive, `lacks ${pathInArchive}/${name}`);
    if (size !== bytes) {
      throw new ArchiveError(archive, `gives ${name} with ${formatCount(size)} bytes; expected ${formatCount(bytes)}`);
    }
  }
}

/** Errors of the file system, as against those of gzip (Z_…) and tar (TAR_…). */
function isWriteError(error: unknown): boolean {
  return /^E[A-Z]+$/.test(systemErrorCode(error) ?? '');
}

async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue;
    const path = join(parent, name);
    const stale = await stat(path).then(
      ({mtimeMs}) => Date.now() - mtimeMs > STALE_MS,
      () => false, // removed meanwhile
    );
    if (stale) await rm(path, {recursive: true, force: true});
  }
}
