// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll} from 'vitest';

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'runner-test-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return folder;
}

export const readText = (...parts: string[]): string => readFileSync(path.join(...parts), 'utf8');

export const readLines = (...parts: string[]): unknown[] =>
  readText(...parts)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
