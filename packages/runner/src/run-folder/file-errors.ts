// SPDX-License-Identifier: Apache-2.0
import {OutputFolderError, errorCode, errorText} from '../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or choose another folder with --output',
  EDQUOT: 'the disk quota is used up; free some space or choose another folder with --output',
  EACCES: 'no permission to write there; choose another folder with --output',
  EPERM: 'no permission to write there; choose another folder with --output',
  EROFS: 'the file system is read-only; choose another folder with --output',
  ENOTDIR: 'a part of this path is a file, not a folder; choose another folder with --output',
  EEXIST: 'a file has this name; choose another folder with --output',
};

/** Runs a file operation; its errors become OutputFolderErrors that say what to do. */
export async function inFolder<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof OutputFolderError) throw error;
    const code = errorCode(error);
    const reason = code === undefined ? undefined : REASONS[code];
    throw new OutputFolderError(
      folder,
      reason === undefined ? `cannot be written: ${errorText(error)}` : `${reason} (${errorText(error)})`,
      {cause: error},
    );
  }
}
