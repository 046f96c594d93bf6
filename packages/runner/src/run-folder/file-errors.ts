// SPDX-License-Identifier: Apache-2.0
import {OutputFolderError, errorCode, errorText} from '../errors.js';

/** What to do about a folder that is yet to be made. */
const ANOTHER_FOLDER = 'choose another folder with --output';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or ',
  EDQUOT: 'the disk quota is used up; free some space or ',
  EACCES: 'no permission to write there; ',
  EPERM: 'no permission to write there; ',
  EROFS: 'the file system is read-only; ',
  ENOTDIR: 'a part of this path is a file, not a folder; ',
  EEXIST: 'a file has this name; ',
};

/** Runs a file operation; its errors become OutputFolderErrors that say what to do: free space where it is that, or what `advice` says. */
export async function inFolder<T>(folder: string, action: () => Promise<T>, advice = ANOTHER_FOLDER): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof OutputFolderError) throw error;
    const code = errorCode(error);
    const reason = code === undefined ? undefined : REASONS[code];
    throw new OutputFolderError(
      folder,
      reason === undefined ? `cannot be written: ${errorText(error)}` : `${reason}${advice} (${errorText(error)})`,
      {cause: error},
    );
  }
}
