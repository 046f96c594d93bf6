// SPDX-License-Identifier: Apache-2.0
import type {KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import {elementwiseParts, equalBounds, FLOAT_NANOSECONDS} from './work.js';

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

/**
 * Rows of a chunk are a multiple of what the loops of assembly/columns.ts take at once, and chunks are so long that joining their sums costs little. There
 * are not more of them than keep many threads busy.
 */
const CHUNK_ROWS = 128;
const CHUNK_FLOATS = 2 ** 15;
const MOST_CHUNKS = 32;

/** A stretch of wide rows that has sums of its own, at `target`. */
export interface RowChunk {
  readonly first: number;
  readonly rows: number;
  readonly target: number;
}

/** First rows of the chunks, and the end of the last. It depends on the matrix alone, so that sums do not depend on the number of threads. */
export function chunkBounds({rows, width}: Columns): number[] {
  const chunks = Math.min(MOST_CHUNKS, Math.floor((rows * width) / CHUNK_FLOATS), Math.ceil(rows / CHUNK_ROWS));
  return equalBounds(rows, Math.max(1, chunks), CHUNK_ROWS);
}

/**
 * Lets `tables` float64 tables [width] be made of every chunk of a matrix's wide rows.
 *
 * @returns [chunks, tables, width]; to be used at once
 */
export function rowChunkTables(
  call: KernelCall,
  columns: Columns,
  tables: number,
  describe: (lane: Lane, chunk: RowChunk) => void,
): Float64Array {
  const {rows, width} = columns;
  const bounds = chunkBounds(columns);
  const chunks = bounds.length - 1;
  const bytes = tables * width * DOUBLE_BYTES;
  const address = call.scratch(chunks * bytes);
  call.parallel(chunks, tables * rows * width * FLOAT_NANOSECONDS, (chunk, lane) => {
    const first = bounds[chunk];
    describe(lane, {first, rows: bounds[chunk + 1] - first, target: address + chunk * bytes});
  });
  return doubles(call, address, chunks * tables * width);
}

/** The same for tables of sums, which are added up in the order of the chunks: [tables, width]. */
export function sumRowChunks(
  call: KernelCall,
  columns: Columns,
  tables: number,
  describe: (lane: Lane, chunk: RowChunk) => void,
): Float64Array {
  const length = tables * columns.width;
  const sums = new Float64Array(length);
  const parts = rowChunkTables(call, columns, tables, describe);
  for (let start = 0; start < parts.length; start += length) {
    for (let index = 0; index < length; index++) sums[index] += parts[start + index];
  }
  return sums;
}

/**
 * Elementwise work on a matrix's `count` floats, cut between wide rows. An item gets the offset of its floats in bytes and their number; the last has the
 * floats behind the wide rows.
 */
export function parallelRows(
  call: KernelCall,
  {rows, width}: Columns,
  count: number,
  describe: (lane: Lane, offset: number, length: number) => void,
): void {
  const bounds = equalBounds(rows, Math.max(1, Math.min(rows, elementwiseParts(count))));
  call.parallel(bounds.length - 1, count * FLOAT_NANOSECONDS, (part, lane) => {
    const start = bounds[part] * width;
    const end = part + 2 < bounds.length ? bounds[part + 1] * width : count;
    describe(lane, start * FLOAT_BYTES, end - start);
  });
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
