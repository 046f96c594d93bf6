// SPDX-License-Identifier: Apache-2.0
import {BEATS, laneWord, SYSTEM_ID} from './control.js';

/** Times of waiting without a sign of life after which a thread is taken for dead, where the operating system does not tell. */
const MOST_SILENCE = 600;

/**
 * Tells the calling thread, which blocks and so hears of no event, whether the threads that it waits for are still there: on Linux from /proc, elsewhere
 * from their signs of life. It counts times of waiting and not the clock, which runs on while a process or a machine is suspended.
 */
export class ThreadWatch {
  /** Time of waiting after which to look, milliseconds. */
  static readonly INTERVAL = 100;
  private readonly control: Int32Array;
  private readonly threads: number;
  private beats = 0;
  private silence = 0;

  constructor(control: Int32Array, threads: number) {
    this.control = control;
    this.threads = threads;
  }

  begin(): void {
    this.silence = 0;
    this.beats = this.sumOfBeats();
  }

  /** To be called after each time of waiting. @returns why a thread is taken for dead, or undefined */
  look(): string | undefined {
    const fs = 'process' in globalThis ? globalThis.process.getBuiltinModule?.('node:fs') : undefined;
    for (let lane = 1; lane < this.threads; lane++) {
      const id = Atomics.load(this.control, laneWord(lane, SYSTEM_ID));
      if (id !== 0 && fs?.existsSync(`/proc/self/task/${id}`) === false) {
        return `thread ${lane} of ${this.threads} has ended in the midst of its work`;
      }
    }
    const beats = this.sumOfBeats();
    this.silence = beats === this.beats ? this.silence + 1 : 0;
    this.beats = beats;
    if (this.silence < MOST_SILENCE) return undefined;
    return `one of ${this.threads} threads has not finished its share for ${(MOST_SILENCE * ThreadWatch.INTERVAL) / 1000} s`;
  }

  private sumOfBeats(): number {
    let sum = 0;
    for (let lane = 1; lane < this.threads; lane++) sum += Atomics.load(this.control, laneWord(lane, BEATS));
    return sum;
  }
}
