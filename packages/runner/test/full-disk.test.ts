// SPDX-License-Identifier: Apache-2.0
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {OutputFolderError, decodeCheckpoint, resumeExperiment} from '../src/index.js';
import {containerWith} from './fixtures.js';
import {OVERRIDES, RUN, STEPS, figures, resume, weights} from './resuming.js';
import {readJson, run} from './run.js';
import {temporaryFolder} from './temporary-folder.js';

const disk = path.join(temporaryFolder(), 'disk');
mkdirSync(disk);

const MEBIBYTES = 12;
/** A disk of its own, where this process may mount one: Linux, as root. */
function mounts(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEBIBYTES}m`, 'tmpfs', disk], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}
const mounted = mounts();
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
});
const remount = (option: string): void => {
  execFileSync('mount', ['-o', `remount,${option}`, disk]);
};

const ballast = path.join(disk, 'ballast');
/** Takes all of the space but some 4 KiB pages. */
function fill(): void {
  for (let size = MEBIBYTES * 2 ** 20; size >= 4096; size = Math.floor(size / 2)) {
    try {
      writeFileSync(`${ballast}-${size}`, Buffer.alloc(size));
    } catch {
      // As much as there was room for stays.
    }
  }
}
function clear(): void {
  for (const name of readdirSync(disk)) if (name.startsWith('ballast')) rmSync(path.join(disk, name));
}

/** Trains on the small disk, and does something to it after a number of steps. */
async function trainUntil(steps: number, happens: () => void): Promise<{error: unknown; folder: string}> {
  let seen = 0;
  let folder = '';
  const error = await run({
    overrides: {...OVERRIDES, output: path.join(disk, 'runs')},
    listener: {
      onExperimentStart: (info) => (folder = info.folder),
      onStep: () => {
        if (++seen === steps) happens();
      },
    },
  }).catch((reason: unknown) => reason);
  return {error, folder};
}

function expectReadable(folder: string): void {
  const checkpoints = path.join(folder, RUN, 'checkpoints');
  const names = readdirSync(checkpoints);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) decodeCheckpoint(name, readFileSync(path.join(checkpoints, name)));
  readJson(folder, 'summary.json');
  readJson(folder, RUN, 'model.json');
}

describe.skipIf(!mounted)('on a disk of its own (needs the right to mount one)', () => {
  it.each([3, STEPS, STEPS + 2])(
    'that fills up after step %i: an error that says so, and nothing lost',
    async (steps) => {
      const whole = await run({overrides: OVERRIDES});
      const {error, folder} = await trainUntil(steps, fill);
      expect(error).toBeInstanceOf(OutputFolderError);
      expect(String(error)).toMatch(/the disk is full; free some space or choose another folder .*ENOSPC/);
      clear();
      if (steps > STEPS) expectReadable(folder);
      const resumed = await resumeExperiment({folder, container: containerWith()});
      expect(resumed.status).toBe('finished');
      expect(figures(resumed.summary)).toEqual(figures(whole.summary));
      expect(weights(folder).equals(weights(whole.folder))).toBe(true);
      rmSync(path.join(disk, 'runs'), {recursive: true});
    },
  );

  it('that is full from the beginning: refused before anything is written', async () => {
    fill();
    const {error} = await trainUntil(1, () => undefined);
    expect(String(error)).toMatch(/the disk is full/);
    clear();
    expect(existsSync(path.join(disk, 'runs')) ? readdirSync(path.join(disk, 'runs')) : []).toEqual([]);
  });

  it('that becomes read-only', async () => {
    const whole = await run({overrides: OVERRIDES});
    const {error, folder} = await trainUntil(STEPS + 2, () => {
      remount('ro');
    });
    expect(error).toBeInstanceOf(OutputFolderError);
    expect(String(error)).toMatch(/the file system is read-only; choose another folder with --output .*EROFS/);
    await expect(resume(folder)).rejects.toThrow(
      /the file system is read-only; make it writable or take a copy of it .*EROFS/,
    );
    remount('rw');
    expectReadable(folder);
    await resume(folder);
    expect(weights(folder).equals(weights(whole.folder))).toBe(true);
  });
});
