// SPDX-License-Identifier: Apache-2.0
import {randomBytes} from 'node:crypto';
import {readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import path from 'node:path';
import {z} from 'zod';
import {RunFolderLockedError, errorCode} from '../errors.js';
import {inFolder} from './file-errors.js';

const PREFIX = '.lock-';

const ownerSchema = z.object({pid: z.int(), host: z.string(), started: z.string()});
type Owner = z.infer<typeof ownerSchema>;

/**
 * When a process was started, in clock ticks since the machine's start, so that a process id that was given out again is not taken for its
 * former owner; '' where the system does not tell (everywhere but on Linux).
 */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces; the start is the 20th field behind it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function isAlive({pid, host, started}: Owner): Promise<boolean> {
  // Nothing can be found out about a process of another machine.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return (await startOf(pid)) === started;
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Gone meanwhile, or cut off by a full disk or a kill.
    return undefined;
  }
}

/** Lock files that this process gave up and could not remove, the disk having become read-only, say. */
const leftBehind = new Set<string>();

/**
 * Keeps a run folder to one process. Every process writes a lock file of its own name and then looks for those of others that are alive: of two
 * that come at the same time at least one sees the other. What a killed process left is recognised by its process id, not by its age: a step may
 * take long and clocks may be set, and the next process need not wait.
 */
export class RunFolderLock {
  private constructor(private readonly file: string) {}

  /**
   * @param advice what to do where the folder cannot be written
   * @throws RunFolderLockedError naming the process that has the folder
   * @throws OutputFolderError if the folder cannot be written
   */
  static async acquire(folder: string, advice?: string): Promise<RunFolderLock> {
    const file = path.join(folder, `${PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`);
    const owner: Owner = {pid: process.pid, host: hostname(), started: await startOf(process.pid)};
    await inFolder(folder, () => writeFile(file, JSON.stringify(owner), {flag: 'wx'}), advice);
    const lock = new RunFolderLock(file);
    try {
      for (const name of await readdir(folder)) {
        const other = path.join(folder, name);
        if (!name.startsWith(PREFIX) || other === file) continue;
        const rival = leftBehind.has(other) ? undefined : await readOwner(other);
        if (rival !== undefined && (await isAlive(rival))) {
          throw new RunFolderLockedError(folder, rival.pid, rival.host, other);
        }
        await rm(other, {force: true});
      }
    } catch (error) {
      await lock.release();
      throw error;
    }
    return lock;
  }

  /** Throws nothing: what made the removal fail has made the process's other files fail, too. */
  async release(): Promise<void> {
    try {
      await rm(this.file, {force: true});
    } catch {
      leftBehind.add(this.file);
    }
  }
}
