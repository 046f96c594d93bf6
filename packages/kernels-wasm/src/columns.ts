// SPDX-License-Identifier: Apache-2.0
import type {KernelCall} from './kernel-call.js';

/** Columns that the loops of assembly/columns.ts take at once. */
const COLUMN_GROUP = 16;
const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/**
 * A matrix [rows, channels] as the loops of assembly/columns.ts see it: as many rows side by side as make the width a multiple of 16, so that every
 * number of channels fills whole vectors.
 */
export interface Columns {
  readonly channels: number;
  /** Floats in a wide row; column j belongs to channel j mod `channels`. */
  readonly width: number;
  /** Wide rows that are full. */
  readonly rows: number;
  /** Floats behind them, fewer than a wide row has. */
  readonly rest: number;
}

export function wideColumns(rows: number, channels: number): Columns {
  const width = channels * (COLUMN_GROUP / greatestCommonDivisor(channels, COLUMN_GROUP));
  const wideRows = width === 0 ? 0 : Math.floor((rows * channels) / width);
  return {channels, width, rows: wideRows, rest: rows * channels - wideRows * width};
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Scratch memory with one float32 table per function, [functions, width]; each gives a channel's value. */
export function columnTable(
  call: KernelCall,
  {channels, width}: Columns,
  valuesOf: readonly ((channel: number) => number)[],
): number {
  const address = call.scratchFloats(valuesOf.length * width);
  const table = call.floats(address, valuesOf.length * width);
  valuesOf.forEach((valueOf, index) => {
    const start = index * width;
    for (let channel = 0; channel < channels; channel++) table[start + channel] = valueOf(channel);
    // The channels again and again.
    for (let filled = channels; filled < width; filled *= 2) {
      table.copyWithin(start + filled, start, start + Math.min(filled, width - filled));
    }
  });
  return address;
}

/** Scratch memory for `tables` float64 tables [width]. */
export function scratchDoubles(call: KernelCall, tables: number, {width}: Columns): number {
  return call.scratch(tables * width * DOUBLE_BYTES);
}

/** The float64 table at an address; like all views of the memory, to be used at once. */
export function doubles(call: KernelCall, address: number, length: number): Float64Array {
  return new Float64Array(call.floats(address, 0).buffer, address, length);
}

/** The floats behind the wide rows of a matrix at `address`. */
export function restFloats(call: KernelCall, address: number, {width, rows, rest}: Columns): Float32Array {
  return call.floats(address + rows * width * FLOAT_BYTES, rest);
}

/** Sums of a matrix's channels from those of its wide columns and the floats behind them. */
export function channelSums(columns: Columns, wideSums: Float64Array, rest: Float32Array): Float64Array {
  const {channels} = columns;
  const sums = new Float64Array(channels);
  wideSums.forEach((sum, column) => (sums[column % channels] += sum));
  rest.forEach((value, column) => (sums[column % channels] += value));
  return sums;
}
