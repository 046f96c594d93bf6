// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {ExistsError} from './errors.js';

/** Files under one folder, as generators see them. Paths are relative to it, with '/'. Nothing that is written need be on disk yet. */
export interface Tree {
  exists(file: string): boolean;
  read(file: string): string | undefined;
  /** Names in a folder; empty where there is none. */
  children(folder: string): readonly string[];
  write(file: string, text: string): void;
}

/** A folder on disk. What is written is kept in memory until `commit`, so that a generator that fails leaves nothing behind. */
export class FolderTree implements Tree {
  readonly #changes = new Map<string, string>();

  constructor(readonly root: string) {}

  exists(file: string): boolean {
    return this.#changes.has(path.posix.normalize(file)) || existsSync(this.#absolute(file));
  }

  read(file: string): string | undefined {
    const changed = this.#changes.get(path.posix.normalize(file));
    if (changed !== undefined) return changed;
    const absolute = this.#absolute(file);
    return existsSync(absolute) && statSync(absolute).isFile() ? readFileSync(absolute, 'utf8') : undefined;
  }

  children(folder: string): readonly string[] {
    const absolute = this.#absolute(folder);
    if (!existsSync(absolute)) return [];
    if (!statSync(absolute).isDirectory()) throw new ExistsError(`${absolute} is a file; expected a folder`);
    return readdirSync(absolute);
  }

  write(file: string, text: string): void {
    this.#changes.set(path.posix.normalize(file), text);
  }

  /** Writes everything, each file to a temporary name first. @returns the files, as they were named */
  commit(): readonly string[] {
    for (const [file, text] of this.#changes) {
      const absolute = this.#absolute(file);
      mkdirSync(path.dirname(absolute), {recursive: true});
      const temporary = `${absolute}.${process.pid}.tmp`;
      try {
        writeFileSync(temporary, text);
        renameSync(temporary, absolute);
      } catch (error) {
        rmSync(temporary, {force: true});
        throw error;
      }
    }
    return [...this.#changes.keys()];
  }

  #absolute(file: string): string {
    return path.join(this.root, ...file.split('/'));
  }
}
