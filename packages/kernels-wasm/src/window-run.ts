// SPDX-License-Identifier: Apache-2.0
import type {EpilogueTables} from './epilogue-table.js';
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import {type EvaluateColumns, packFilter, PANEL_WIDTH} from './packed-filter.js';
import type {PackedPhase} from './packed-phase.js';
import {imageBytes, PaddedBlock} from './padded-block.js';
import {PIXEL_BYTES} from './pixel-table.js';
import type {WindowPlan} from './window-plan.js';
import {WindowSums} from './window-sums.js';
import {FLOAT_NANOSECONDS, TAP_NANOSECONDS} from './work.js';

/** One call of a tile loop: addresses and counts as assembly/windows.ts describes them. */
interface WindowCall {
  readonly source: number;
  readonly target: number;
  readonly pixels: number;
  readonly pixelCount: number;
  readonly runs: number;
  readonly runCount: number;
  readonly runLength: number;
  /** Where the offsets of the taps in the filter lie. */
  readonly taps: number;
  /** The same of those in the padding, and how many they are, where they are kept apart. */
  readonly absent: number;
  readonly absentCount: number;
  /** The filter of this call's group in panels, or the filter itself where it is not packed. */
  readonly panels: number;
  readonly columns: number;
  /** Address of the windows' sums, where asked for; otherwise 0. */
  readonly windowSums: number;
  /** Address of the values of this call's columns (packed-filter.ts), where there are any. */
  readonly columnValues: number;
  /** Address of the epilogue's table of this call's group; 0 where there is none. */
  readonly epilogue: number;
}

export interface WindowRunOptions {
  /** Where the tile loop needs the sums of the windows: the factor that they are multiplied by. */
  readonly windowSums?: number;
  /** Where it needs values of the columns: what makes them. */
  readonly evaluateColumns?: EvaluateColumns;
  /** Leaves the filter as it is. */
  readonly filterInPlace?: boolean;
  /** What the tile loop is to make of its sums, if anything. */
  readonly epilogue?: EpilogueTables | undefined;
}

/** Addresses of the values of the tensors that take part in a run. */
export interface WindowTensors {
  readonly source: number;
  readonly filter: number;
  /** Data id of the filter, where its packed form may be kept for later calls. */
  readonly filterId?: object;
  readonly target: number;
}

/** Hands a lane the calls for some of the pixels; the last of them answers, checked, 1 if all of its sums are finite, otherwise 0. */
export type TileLoop = (lane: Lane, windows: WindowCall) => void;

/** With fewer blocks of images for each thread than this, the pixels of a block are shared between threads, too. */
const BLOCKS_PER_THREAD = 4;
/** A thread's share of a block is cut into so many calls, but into none of fewer pixels than these. */
const CALLS_PER_THREAD = 3;
const LEAST_CALL_PIXELS = 16;

/**
 * Runs a tile loop over all images, phases and groups of a plan. A pixel's outputs do not depend on which others are in its call, so neither do they
 * on the threads.
 *
 * @returns whether all sums are finite
 */
export function runWindows(
  call: KernelCall,
  plan: WindowPlan,
  tensors: WindowTensors,
  options: WindowRunOptions,
  tileLoop: TileLoop,
): boolean {
  const {pass, images} = plan;
  const {batch} = pass;
  if (batch === 0) return true;
  const tables = call.table(plan.tables);
  const packed = packedPhases(call, plan, tables, tensors, options);
  const sourceImageBytes = imageBytes(pass.source);
  const targetImageBytes = imageBytes(pass.target);
  // Where the stride is larger than the filter, no window of the input gradient reaches some pixels.
  const reached = plan.phases.every(isReached);
  if (!reached) call.floats(tensors.target, (batch * targetImageBytes) / FLOAT_BYTES).fill(0);

  const blocks = Math.ceil(batch / images);
  const nanoseconds = workOf(plan) * TAP_NANOSECONDS;
  const threads = call.threadsFor(nanoseconds);
  const blockwise = threads === 1 || blocks >= BLOCKS_PER_THREAD * threads;
  const places = blockwise ? 'lane' : blocks;
  const padded = new PaddedBlock(call, pass, images, places);
  const {windowSums, epilogue} = options;
  const sums = windowSums === undefined ? undefined : new WindowSums(call, plan, tables, windowSums, places);
  const blockAt = (index: number, place: number): Block => {
    const source = tensors.source + index * images * sourceImageBytes;
    return {
      images: Math.min(images, batch - index * images),
      unpadded: source,
      source: padded.at(source, place),
      target: tensors.target + index * images * targetImageBytes,
      place,
    };
  };
  const load = (lane: Lane, block: Block): void => {
    padded.load(lane, block.unpadded, block.images, block.place);
    sums?.load(lane, block.source, block.images, block.place);
  };
  const runner = {plan, tables, packed, sums, epilogue, tileLoop};

  if (blockwise) {
    return call.parallel(blocks, nanoseconds, (index, lane) => {
      const block = blockAt(index, 0);
      load(lane, block);
      for (const [phase, {pixelCount}] of plan.phases.entries()) {
        runPixels(runner, lane, block, phase, 0, block.images * pixelCount, plan.limit);
      }
    });
  }
  if (padded.copies || plan.sums.shared) {
    const floats = batch * pass.padded.height * pass.padded.width * pass.source.channels;
    call.parallel(blocks, floats * FLOAT_NANOSECONDS, (index, lane) => load(lane, blockAt(index, index)));
  }
  const shares = Math.ceil((threads * CALLS_PER_THREAD) / blocks);
  const pieces: {readonly block: number; readonly phase: number; readonly start: number; readonly end: number}[] = [];
  for (let block = 0; block < blocks; block++) {
    for (const [phase, {pixelCount}] of plan.phases.entries()) {
      const total = Math.min(images, batch - block * images) * pixelCount;
      const length = Math.max(LEAST_CALL_PIXELS, Math.ceil(total / shares / 4) * 4);
      for (let start = 0; start < total; start += length) {
        pieces.push({block, phase, start, end: Math.min(start + length, total)});
      }
    }
  }
  return call.parallel(pieces.length, nanoseconds, (index, lane) => {
    const {block, phase, start, end} = pieces[index];
    runPixels(runner, lane, blockAt(block, block), phase, start, end, plan.limit);
  });
}

function packedPhases(
  call: KernelCall,
  plan: WindowPlan,
  tables: number,
  {filter, filterId}: WindowTensors,
  {filterInPlace, evaluateColumns, windowSums}: WindowRunOptions,
): readonly PackedPhase[] {
  if (filterInPlace) return plan.phases.map(() => ({panels: filter, rows: 0, columnValues: 0}));
  const pack = (): readonly PackedPhase[] => packFilter(call, plan, tables, filter, evaluateColumns);
  if (filterId === undefined) return pack();
  const {rows, columns} = plan.pass.filter;
  // The columns' values are of one kind only where windows have sums.
  const packing = [plan.phases[0]?.tapCount, rows, columns, plan.pass.groups, windowSums].join(' ');
  return call.packedFilter(filterId, packing, pack);
}

/** Whether a phase's windows have any taps. */
function isReached({tapCount, absentCount}: WindowPlan['phases'][number]): boolean {
  return tapCount + absentCount > 0;
}

/** Images that are padded together. */
interface Block {
  readonly images: number;
  /** Where they lie in the tensor. */
  readonly unpadded: number;
  /** Where they lie with their padding. */
  readonly source: number;
  readonly target: number;
  readonly place: number;
}

interface Runner {
  readonly plan: WindowPlan;
  readonly tables: number;
  readonly packed: readonly PackedPhase[];
  readonly sums: WindowSums | undefined;
  readonly epilogue: EpilogueTables | undefined;
  readonly tileLoop: TileLoop;
}

/** Pixels `start` to `end` of a phase of a block, all groups, `limit` pixels at a time. */
function runPixels(
  {plan: {pass, phases}, tables, packed, sums, epilogue, tileLoop}: Runner,
  lane: Lane,
  block: Block,
  index: number,
  start: number,
  end: number,
  limit: number,
): void {
  const phase = phases[index];
  if (!isReached(phase)) return;
  const {panels, rows, columnValues} = packed[index];
  const {groups, filter} = pass;
  const {columns} = filter;
  const groupColumns = Math.ceil(columns / PANEL_WIDTH) * PANEL_WIDTH;
  const sourceGroupBytes = (pass.source.channels / groups) * FLOAT_BYTES;
  for (let pixel = start; pixel < end; pixel += limit) {
    const pixelCount = Math.min(limit, end - pixel);
    for (let group = 0; group < groups; group++) {
      const windowSums = sums?.compute(lane, block, index, group, pixel, pixelCount) ?? 0;
      tileLoop(lane, {
        source: block.source + group * sourceGroupBytes,
        target: block.target + group * columns * FLOAT_BYTES,
        pixels: tables + phase.pixels + pixel * PIXEL_BYTES,
        pixelCount,
        runs: tables + phase.runs,
        runCount: phase.runCount,
        runLength: phase.runLength,
        taps: tables + phase.taps,
        absent: tables + phase.absent,
        absentCount: phase.absentCount,
        panels: panels + group * groupColumns * rows * FLOAT_BYTES,
        columns,
        windowSums,
        columnValues: columnValues + group * groupColumns * FLOAT_BYTES,
        epilogue: epilogue === undefined ? 0 : epilogue.address + group * epilogue.bytes,
      });
    }
  }
}

/** Taps of a pass over all images. */
function workOf({pass: {batch, groups, filter}, phases}: WindowPlan): number {
  const pixelTaps = phases.reduce((sum, {pixelCount, tapCount}) => sum + pixelCount * tapCount, 0);
  return batch * groups * pixelTaps * filter.rows * filter.columns;
}
