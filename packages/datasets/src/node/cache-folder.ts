// SPDX-License-Identifier: Apache-2.0
import {resolve} from 'node:path';
import envPaths from 'env-paths';
import {CacheFolderError} from '../errors.js';

/** The folder with the data: `root`, else $ADDERNET_DATA, else the platform's cache folder (e.g. ~/.cache/addernet). */
export function dataRoot(root?: string): string {
  if (root !== undefined && root !== '') return resolve(root);
  const fromEnvironment = process.env['ADDERNET_DATA'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return resolve(fromEnvironment);
  return envPaths('addernet', {suffix: ''}).cache;
}

const ADVICE = 'set ADDERNET_DATA to a folder that can be written';

const MESSAGES: Readonly<Record<string, string>> = {
  EROFS: `the data folder is on a read-only file system; ${ADVICE}`,
  EACCES: `no permission to write to the data folder; allow it, or ${ADVICE}`,
  EPERM: `no permission to write to the data folder; allow it, or ${ADVICE}`,
  ENOSPC:
    'the disk is full; make room (what was downloaded is kept and gone on from), or set ADDERNET_DATA to a folder on another disk',
  EDQUOT: 'the disk quota is used up; make room, or set ADDERNET_DATA to a folder on another disk',
  ENOTDIR: `the data folder's path leads through a file; ${ADVICE}`,
  EEXIST: `there is a file where the data folder should be; ${ADVICE}`,
};

/** The error code of a failed system call, e.g. 'ENOENT'. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Runs file operations that write to the data folder.
 *
 * @throws CacheFolderError in place of a system error, saying which folder and what to do; other errors as they are.
 */
export async function writingTo<Result>(folder: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const message = MESSAGES[systemErrorCode(error) ?? ''];
    if (message === undefined || !(error instanceof Error)) throw error;
    throw new CacheFolderError(folder, `${message} (${error.message})`, {cause: error});
  }
}
