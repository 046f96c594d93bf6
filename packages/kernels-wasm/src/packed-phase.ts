// SPDX-License-Identifier: Apache-2.0
/** The filter of a phase, packed: per group panels of eight columns, their rows in the order of the runs. */
export interface PackedPhase {
  /** Address of the panels. */
  readonly panels: number;
  /** Rows of a panel. */
  readonly rows: number;
  /** Address of what `evaluate` made of the columns of the panels; 0 without it. */
  readonly columnValues: number;
}
