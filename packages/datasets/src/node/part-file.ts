// SPDX-License-Identifier: Apache-2.0
import {randomBytes} from 'node:crypto';
import {mkdir, readdir, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {systemErrorCode} from './cache-folder.js';

/*
 * A file under way lies beside its destination as `NAME.part` while nobody works on it, and as `NAME.HOST-PID-RANDOM.part` while somebody
 * does. Taking one over is a rename, so of two processes that want it one gets it; the other starts one of its own. No two write to one
 * file, and no lock is left behind by a process that died.
 */

/** A file of another process counts as abandoned after so long without a write; a live download stalls for less. */
const ABANDONED_MS = 60_000;

const HOST = hostname().replace(/[^A-Za-z0-9]/g, '_') || 'host';

function ownName(target: string): string {
  return `${target}.${HOST}-${process.pid}-${randomBytes(4).toString('hex')}.part`;
}

/**
 * Gets the part file of `target` for this process alone: the largest one left by an earlier attempt, or a new empty one. Makes the folder.
 *
 * @returns its path; give it to `releasePart` or rename it to its destination.
 */
export async function claimPart(target: string): Promise<string> {
  await mkdir(dirname(target), {recursive: true});
  const own = ownName(target);
  for (const path of await abandonedParts(target)) {
    try {
      const now = new Date();
      await utimes(path, now, now); // first, so that it never looks abandoned under its new name
      await rename(path, own);
      return own;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error; // ENOENT: another process was faster
    }
  }
  await writeFile(own, '', {flag: 'wx'});
  return own;
}

/** Leaves a part file for the next attempt; an empty one is removed. */
export async function releasePart(target: string, own: string): Promise<void> {
  const {size} = await stat(own);
  if (size === 0) await rm(own, {force: true});
  else await rename(own, `${target}.part`);
}

/** Removes what earlier attempts left, once the file is complete. */
export async function removeAbandonedParts(target: string): Promise<void> {
  for (const path of await abandonedParts(target)) await rm(path, {force: true});
}

/** Part files of `target` that nobody works on, largest first. */
async function abandonedParts(target: string): Promise<string[]> {
  const folder = dirname(target);
  const prefix = `${basename(target)}.`;
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith('.part'));
  const found: {path: string; size: number}[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      const {size, mtimeMs} = await stat(path);
      if (isAbandoned(name.slice(prefix.length), mtimeMs)) found.push({path, size});
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error; // finished or taken meanwhile
    }
  }
  return found.sort((a, b) => b.size - a.size).map(({path}) => path);
}

function isAbandoned(owner: string, mtimeMs: number): boolean {
  if (owner === 'part') return true;
  const match = /^(.+)-(\d+)-[0-9a-f]+\.part$/.exec(owner);
  if (match === null) return false; // not one of ours
  if (Date.now() - mtimeMs > ABANDONED_MS) return true;
  return match[1] === HOST && !isRunning(Number(match[2]));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'; // it runs, as another user
  }
}
