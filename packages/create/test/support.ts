// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll} from 'vitest';
import type {Tree} from '../src/index.js';

/** Files in memory, by path. */
export class MemoryTree implements Tree {
  readonly files: Map<string, string>;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.files = new Map(Object.entries(files));
  }

  exists(file: string): boolean {
    return this.files.has(file) || this.children(file).length > 0;
  }

  read(file: string): string | undefined {
    return this.files.get(file);
  }

  children(folder: string): readonly string[] {
    const below = [...this.files.keys()].filter((file) => file.startsWith(`${folder}/`));
    return [...new Set(below.map((file) => file.slice(folder.length + 1).split('/')[0]))];
  }

  write(file: string, text: string): void {
    this.files.set(file, text);
  }

  json(file: string): Record<string, unknown> {
    return JSON.parse(this.files.get(file) ?? '') as Record<string, unknown>;
  }
}

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'addernet-create-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}
