// SPDX-License-Identifier: Apache-2.0
import {readFile, readdir} from 'node:fs/promises';
import path from 'node:path';
import {CheckpointError, errorCode, errorText} from '../errors.js';
import type {RunFolder} from '../run-folder/run-folder.js';
import {decodeCheckpoint, encodeCheckpoint, type Checkpoint} from './checkpoint-file.js';

const NAME = /^epoch(\d+)-step(\d+)\.safetensors$/;
const BEST = 'best.safetensors';

/** `epoch3-step120`: 120 steps of the third epoch are done. */
const nameOf = ({epoch, step}: {readonly epoch: number; readonly step: number}): string =>
  `epoch${epoch}-step${step}.safetensors`;

interface Entry {
  readonly name: string;
  readonly epoch: number;
  readonly step: number;
}

/** A run's checkpoints: the last ones, and that of the best epoch. */
export class CheckpointFolder {
  /** Within the experiment's folder. */
  readonly #path: string;

  constructor(
    private readonly folder: RunFolder,
    run: string,
    /** How many of the last are kept, ≥ 1. */
    private readonly keep: number,
  ) {
    this.#path = `${run}/checkpoints`;
  }

  /** Writes one; older ones are removed only once it is on the disk. */
  async write(checkpoint: Checkpoint): Promise<void> {
    await this.folder.makeFolder(this.#path);
    const name = nameOf(checkpoint.state);
    await this.folder.write(`${this.#path}/${name}`, encodeCheckpoint(checkpoint));
    const older = (await this.#entries()).filter((entry) => entry.name !== name);
    for (const entry of older.slice(Math.max(0, this.keep - 1)))
      await this.folder.remove(`${this.#path}/${entry.name}`);
  }

  /** Replaces that of the best epoch. */
  async writeBest(checkpoint: Checkpoint): Promise<void> {
    await this.folder.makeFolder(this.#path);
    await this.folder.write(`${this.#path}/${BEST}`, encodeCheckpoint(checkpoint));
  }

  /**
   * The newest that can be read; undefined where there is none.
   *
   * @param onBroken told about each newer one that cannot
   */
  async newest(onBroken: (error: CheckpointError) => void): Promise<Checkpoint | undefined> {
    for (const {name} of await this.#entries()) {
      const file = path.join(this.folder.folder, this.#path, name);
      try {
        return decodeCheckpoint(file, await readFile(file));
      } catch (error) {
        onBroken(
          error instanceof CheckpointError
            ? error
            : new CheckpointError(file, `cannot be read: ${errorText(error)}`, {cause: error}),
        );
      }
    }
    return undefined;
  }

  /** The newest first. */
  async #entries(): Promise<Entry[]> {
    let names: string[];
    try {
      names = await readdir(path.join(this.folder.folder, this.#path));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
    return names
      .flatMap((name): Entry[] => {
        const [, epoch, step] = NAME.exec(name) ?? [];
        return epoch === undefined || step === undefined ? [] : [{name, epoch: Number(epoch), step: Number(step)}];
      })
      .sort((a, b) => b.epoch - a.epoch || b.step - a.step);
  }
}
