// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '../listener.js';
import {secondsSince} from '../training/pause.js';

/** Operations per second that a comparison is reckoned with before anything was measured; only ratios between comparisons matter. */
const RECKONED_RATE = {fast: 1e10, slow: 1e9} as const;

/** A comparison to be made. */
export interface PlannedComparison {
  readonly label: string;
  /** Multiplications and additions of one call of all candidates together. */
  readonly operations: number;
  readonly candidates: number;
  readonly speed: 'fast' | 'slow';
}

export interface ReckoningOptions {
  readonly rounds: number;
  readonly sampleSeconds: number;
  readonly comparisonSeconds: number;
}

/** Tells how far the measuring is, and how long it will take. */
export class MeasuringClock {
  readonly #start = secondsSince(0);
  #done = 0;
  #reckonedDone = 0;

  constructor(
    private readonly plan: readonly PlannedComparison[],
    private readonly options: ReckoningOptions,
    private readonly listener: RunListener | undefined,
  ) {}

  /** Before a comparison. */
  begin({label}: PlannedComparison): void {
    const rest = this.plan.slice(this.#done).reduce((sum, comparison) => sum + this.#reckon(comparison), 0);
    this.listener?.onMeasuring?.({
      label,
      done: this.#done,
      total: this.plan.length,
      ...(this.#done === 0 ? {} : {etaSeconds: (secondsSince(this.#start) / this.#reckonedDone) * rest}),
    });
  }

  /** After it, whether it succeeded or not. */
  end(comparison: PlannedComparison): void {
    this.#done++;
    this.#reckonedDone += this.#reckon(comparison);
  }

  #reckon({operations, candidates, speed}: PlannedComparison): number {
    const {rounds, sampleSeconds, comparisonSeconds} = this.options;
    const seconds = Math.max(candidates * sampleSeconds, operations / RECKONED_RATE[speed]);
    return Math.max(3 * seconds, Math.min(comparisonSeconds, rounds * seconds));
  }
}
