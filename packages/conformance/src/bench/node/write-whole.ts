// SPDX-License-Identifier: Apache-2.0
import {mkdir, rename, writeFile} from 'node:fs/promises';
import {dirname} from 'node:path';

/** Writes a file under a temporary name and renames it, so that nobody meets half of it; makes its folder. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), {recursive: true});
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}
