// SPDX-License-Identifier: Apache-2.0
import type {RunEnd, RunTracker, TrackedRun, Tracker, TrackerEvent} from '@addernet/plugin';
import {errorText} from '../errors.js';
import {secondsSince} from '../training/pause.js';

/** A tracker that has not answered by then is left out. */
const PATIENCE_SECONDS = 30;
const PATIENCE_PARTS = 30;
/** So that what is watched is never older. */
const FLUSH_SECONDS = 5;

interface OpenTracker {
  readonly name: string;
  readonly tracker: RunTracker;
}

export interface RunTrackersOptions {
  /** Told once about each tracker that fails. */
  readonly onFailure: (note: string) => void;
  /** Default 30. */
  readonly patienceSeconds?: number;
}

/**
 * Time counts in parts, of which a training step that keeps the program busy takes one at most, however long it is: what nobody had time for is not late.
 *
 * @throws what `action` throws, or an error once the time is over
 */
async function within<T>(seconds: number, action: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let left = PATIENCE_PARTS;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setInterval(
      () => {
        left--;
        if (left === 0) reject(new Error(`no answer within ${seconds} seconds`));
      },
      (seconds * 1000) / PATIENCE_PARTS,
    );
  });
  try {
    return await Promise.race([action(), late]);
  } finally {
    clearInterval(timer);
  }
}

/**
 * The trackers of one run. Whatever is wrong with one costs that tracker and nothing else: it is left out for the rest of the run, and named once.
 */
export class RunTrackers {
  #open: OpenTracker[] = [];
  #flushed = secondsSince(0);
  readonly #failed = new Set<string>();
  /** Under way. */
  #flushing: Promise<void> | undefined;

  private constructor(
    private readonly run: string,
    private readonly options: RunTrackersOptions,
  ) {}

  static async open(trackers: readonly Tracker[], run: TrackedRun, options: RunTrackersOptions): Promise<RunTrackers> {
    const all = new RunTrackers(run.id, options);
    for (const tracker of trackers) {
      await all.#guard(tracker.name, async () => {
        const opened = await tracker.open(run);
        // Too late, if it was left out meanwhile.
        if (!all.#failed.has(tracker.name)) all.#open.push({name: tracker.name, tracker: opened});
      });
    }
    return all;
  }

  /** Whether anybody listens. */
  get active(): boolean {
    return this.#open.length > 0;
  }

  record(event: TrackerEvent): void {
    for (const {name, tracker} of this.#open) {
      try {
        tracker.record(event);
      } catch (error) {
        this.#leaveOut(name, error);
      }
    }
  }

  /** Puts what was recorded where it is to stay, every few seconds and without being waited for. */
  flushNowAndThen(): void {
    if (this.#flushing !== undefined || secondsSince(this.#flushed) < FLUSH_SECONDS) return;
    this.#flushing = this.#flushAll();
  }

  /** Puts what was recorded where it is to stay. */
  async flush(): Promise<void> {
    await this.#flushing;
    await this.#flushAll();
  }

  async close(end: RunEnd): Promise<void> {
    await this.#flushing;
    await Promise.all(this.#open.map(({name, tracker}) => this.#guard(name, () => tracker.close(end))));
    this.#open = [];
  }

  /** Never rejects. */
  async #flushAll(): Promise<void> {
    await Promise.all(this.#open.map(({name, tracker}) => this.#guard(name, () => tracker.flush())));
    this.#flushed = secondsSince(0);
    this.#flushing = undefined;
  }

  async #guard(name: string, action: () => Promise<void>): Promise<void> {
    try {
      await within(this.options.patienceSeconds ?? PATIENCE_SECONDS, action);
    } catch (error) {
      this.#leaveOut(name, error);
    }
  }

  #leaveOut(name: string, error: unknown): void {
    if (this.#failed.has(name)) return;
    this.#failed.add(name);
    this.#open = this.#open.filter((other) => other.name !== name);
    this.options.onFailure(
      `${this.run}: the tracker ${name} failed and is left out for the rest of this run; training goes on: ${errorText(error)}`,
    );
  }
}
