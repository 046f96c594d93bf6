// SPDX-License-Identifier: Apache-2.0
import {appendFile, mkdir, rm, rmdir, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import {OutputFolderError, errorCode} from '../errors.js';
import {inFolder} from './file-errors.js';
import {RunFolderLock} from './lock.js';

/** Below this much free space an experiment is not begun. */
const MINIMUM_FREE_BYTES = 8 * 1024 * 1024;

/** Characters of plugins' names that a file name cannot have everywhere. */
export const fileName = (text: string): string => text.replace(/[^A-Za-z0-9_.-]+/g, '_');

export interface CreateRunFolderOptions {
  /** Folder that the run folder is made in; made if it is not there. */
  readonly output: string;
  /** The experiment's name. */
  readonly name: string;
  readonly startedAt: Date;
  readonly minimumFreeBytes?: number;
}

/**
 * A folder of one invocation, kept to one process until it is closed. Files are written under a temporary name and renamed, so that a reader (or a kill) never meets half a file; lines
 * are appended with one write each. Every failure is an OutputFolderError and leaves what is there.
 */
export class RunFolder {
  readonly #files: string[] = [];
  readonly #folders: string[] = [];

  private constructor(
    /** Absolute. */
    readonly folder: string,
    private readonly lock: RunFolderLock | undefined,
  ) {}

  /**
   * Makes `<output>/<name>-<UTC time>`, with a number behind it if there is one already.
   *
   * @throws OutputFolderError if that cannot be made, cannot be written or has no space
   */
  static async create({
    output,
    name,
    startedAt,
    minimumFreeBytes = MINIMUM_FREE_BYTES,
  }: CreateRunFolderOptions): Promise<RunFolder> {
    const parent = path.resolve(output);
    const time = startedAt
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '-');
    const folder = await inFolder(parent, async () => {
      await makeFolders(parent);
      const {bavail, bsize} = await statfs(parent);
      if (bavail * bsize < minimumFreeBytes) {
        const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
        throw new OutputFolderError(
          parent,
          `the disk is full: ${mebibytes(bavail * bsize)} MiB are free, expected at least ${mebibytes(minimumFreeBytes)} MiB; ` +
            'free some space or choose another folder with --output',
        );
      }
      for (let attempt = 1; ; attempt++) {
        const candidate = path.join(parent, `${fileName(name)}-${time}${attempt === 1 ? '' : `-${attempt}`}`);
        try {
          await mkdir(candidate);
          return candidate;
        } catch (error) {
          if (errorCode(error) !== 'EEXIST') throw error;
        }
      }
    });
    return new RunFolder(folder, await RunFolderLock.acquire(folder));
  }

  /**
   * A folder that an earlier invocation made.
   *
   * @throws OutputFolderError if there is no such folder, or it cannot be written
   * @throws RunFolderLockedError while another process works in it
   */
  static async open(folder: string): Promise<RunFolder> {
    const {folder: absolute} = await RunFolder.openShared(folder);
    return new RunFolder(absolute, await RunFolderLock.acquire(absolute, 'make it writable or take a copy of it'));
  }

  /**
   * As `open`, without keeping others out: for a process that works in a part of the folder, by order of the one that has it.
   *
   * @throws OutputFolderError if there is no such folder
   */
  static async openShared(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const found = await stat(absolute).catch(() => undefined);
    if (found?.isDirectory() !== true) {
      throw new OutputFolderError(
        absolute,
        `${found === undefined ? 'there is no such folder' : 'this is a file'}; expected a run folder`,
      );
    }
    return new RunFolder(absolute, undefined);
  }

  /** Absolute paths of the files written, in the order of their first writing. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** Makes a folder within this one, if it is not there. */
  async makeFolder(name: string): Promise<void> {
    if (this.#folders.includes(name)) return;
    await inFolder(this.folder, () => makeFolders(path.join(this.folder, name)));
    this.#folders.push(name);
  }

  /** Removes a file. */
  async remove(name: string): Promise<void> {
    const file = path.join(this.folder, name);
    await inFolder(this.folder, () => rm(file, {force: true}));
    const index = this.#files.indexOf(file);
    if (index >= 0) this.#files.splice(index, 1);
  }

  /** Replaces a file as a whole. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const file = path.join(this.folder, name);
    await inFolder(this.folder, () =>
      writeFileAtomic(
        file,
        typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
      ),
    );
    this.#note(file);
  }

  async writeJson(name: string, value: unknown): Promise<void> {
    await this.write(name, `${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Appends one line. */
  async appendLine(name: string, line: string): Promise<void> {
    const file = path.join(this.folder, name);
    await inFolder(this.folder, () => appendFile(file, `${line}\n`));
    this.#note(file);
  }

  /** Removes the files of this folder that this object wrote, and the folder where nothing else is in it. For an experiment that could not begin. */
  async discard(): Promise<void> {
    await this.close();
    for (const file of this.#files) await rm(file, {force: true});
    for (const name of [...this.#folders, '.']) await rmdir(path.join(this.folder, name)).catch(() => undefined);
    this.#files.length = 0;
  }

  /** Lets other processes work in the folder. */
  async close(): Promise<void> {
    await this.lock?.release();
  }

  #note(file: string): void {
    if (!this.#files.includes(file)) this.#files.push(file);
  }
}

/** As mkdir's `recursive`, which never returns where a file system answers ENOENT to a mkdir in an existing folder (as /proc does). */
async function makeFolders(folder: string): Promise<void> {
  const existing = await stat(folder).catch(() => undefined);
  if (existing?.isDirectory() === true) return;
  if (existing !== undefined) throw new OutputFolderError(folder, 'this is a file; expected a folder or a free name');
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolders(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    // Somebody else made it meanwhile.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
