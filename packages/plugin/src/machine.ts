// SPDX-License-Identifier: Apache-2.0

/** What a machine can do at most, as the roofs of a roofline picture. */
export interface MachineRates {
  /** TF.js's name of the backend that the figures hold for. */
  readonly backend: string;
  /** Elementary operations per second in the fastest layer that was tried, by operator. */
  readonly peaks: readonly {readonly operator: string; readonly operationsPerSecond: number}[];
  /** Bytes per second, read and written, between kernels and memory. */
  readonly bytesPerSecond: number;
  /** How the figures came about; stands under the picture. */
  readonly source: string;
}
