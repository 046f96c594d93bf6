// SPDX-License-Identifier: Apache-2.0
import {appendFile, readFile} from 'node:fs/promises';
import type {RunPosition} from '@addernet/plugin';
import writeFileAtomic from 'write-file-atomic';

/** What is in a file; undefined where there is none. */
async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A file that grows at its end. What is added waits in memory until it is flushed; in between nothing is held open, so that it may be dropped at any
 * time.
 */
export class AppendFile {
  #waiting: Uint8Array[] = [];

  private constructor(private readonly file: string) {}

  /** @param begin what the file is to begin with, in the place of what is in it */
  static async open(file: string, begin: Uint8Array | string): Promise<AppendFile> {
    await writeFileAtomic(file, typeof begin === 'string' ? begin : Buffer.from(begin));
    return new AppendFile(file);
  }

  add(content: Uint8Array | string): void {
    this.#waiting.push(typeof content === 'string' ? Buffer.from(content) : content);
  }

  /** Resolves once everything is on the disk. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const content = Buffer.concat(this.#waiting);
    this.#waiting = [];
    await appendFile(this.file, content, {flush: true});
  }
}

/**
 * The lines of a file of lines that stay when a run goes on; none where it begins. What is behind the last line break was cut off.
 *
 * @param isKept whether a line's event lies up to the position
 */
export async function keptLines(
  file: string,
  resumed: RunPosition | undefined,
  isKept: (line: string, position: RunPosition) => boolean,
): Promise<string> {
  if (resumed === undefined) return '';
  const before = (await readIfThere(file))?.toString('utf8') ?? '';
  const lines = before.split('\n').slice(0, -1);
  return lines
    .filter((line) => isKept(line, resumed))
    .map((line) => `${line}\n`)
    .join('');
}
