// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {type EvaluateColumns, packFilter, type PackedPhase, PANEL_WIDTH} from './packed-filter.js';
import {imageBytes, PaddedBlock} from './padded-block.js';
import {PIXEL_BYTES} from './pixel-table.js';
import type {WindowPlan} from './window-plan.js';
import {WindowSums} from './window-sums.js';

/** One call of a tile loop: addresses and counts as assembly/windows.ts describes them. */
export interface WindowCall {
  readonly source: number;
  readonly target: number;
  readonly pixels: number;
  readonly pixelCount: number;
  readonly runs: number;
  readonly runCount: number;
  readonly runLength: number;
  readonly panels: number;
  readonly columns: number;
  /** Address of the windows' sums, where asked for; otherwise 0. */
  readonly windowSums: number;
  /** Address of the values of this call's columns (packed-filter.ts), where there are any. */
  readonly columnValues: number;
}

export interface WindowRunOptions {
  /** Where the tile loop needs the sums of the windows: the factor that they are multiplied by. */
  readonly windowSums?: number;
  /** Where it needs values of the columns: what makes them. */
  readonly evaluateColumns?: EvaluateColumns;
}

/** Addresses of the values of the tensors that take part in a run. */
export interface WindowTensors {
  readonly source: number;
  readonly filter: number;
  readonly target: number;
}

/**
 * Runs a tile loop over all images, phases and groups of a plan.
 *
 * @param tileLoop answers 1 if all of its outputs are finite, otherwise 0
 * @returns whether all outputs are finite
 */
export function runWindows(
  call: KernelCall,
  plan: WindowPlan,
  {source, filter, target}: WindowTensors,
  options: WindowRunOptions,
  tileLoop: (windows: WindowCall) => number,
): boolean {
  const {pass, images} = plan;
  if (pass.batch === 0) return true;
  const tables = call.table(plan.tables);
  const packed = packFilter(call, plan, tables, filter, options.evaluateColumns);
  const block = new PaddedBlock(call, pass, images);
  const sums = options.windowSums === undefined ? undefined : new WindowSums(call, plan, tables, options.windowSums);
  const sourceImageBytes = imageBytes(pass.source);
  const targetImageBytes = imageBytes(pass.target);
  // Where the stride is larger than the filter, no window of the input gradient reaches some pixels.
  const reached = plan.phases.every(({tapCount}) => tapCount > 0);
  if (!reached) call.floats(target, (pass.batch * targetImageBytes) / FLOAT_BYTES).fill(0);

  let finite = 1;
  for (let first = 0; first < pass.batch; first += images) {
    const count = Math.min(images, pass.batch - first);
    const blockAddress = block.load(source + first * sourceImageBytes, count);
    sums?.load(blockAddress, count);
    const blockTarget = target + first * targetImageBytes;
    for (const [index, phase] of packed.entries()) {
      finite &= runPhase(plan, tables, index, phase, count, blockAddress, blockTarget, sums, tileLoop);
    }
  }
  return finite === 1;
}

function runPhase(
  {pass, phases, limit}: WindowPlan,
  tables: number,
  index: number,
  {panels, rows, columnValues}: PackedPhase,
  images: number,
  source: number,
  target: number,
  sums: WindowSums | undefined,
  tileLoop: (windows: WindowCall) => number,
): number {
  const phase = phases[index];
  if (phase === undefined || phase.tapCount === 0) return 1;
  const {groups, filter} = pass;
  const {columns} = filter;
  const groupColumns = Math.ceil(columns / PANEL_WIDTH) * PANEL_WIDTH;
  const sourceGroupBytes = (pass.source.channels / groups) * FLOAT_BYTES;
  const pixelTotal = images * phase.pixelCount;
  let finite = 1;
  for (let pixel = 0; pixel < pixelTotal; pixel += limit) {
    const pixelCount = Math.min(limit, pixelTotal - pixel);
    for (let group = 0; group < groups; group++) {
      finite &= tileLoop({
        source: source + group * sourceGroupBytes,
        target: target + group * columns * FLOAT_BYTES,
        pixels: tables + phase.pixels + pixel * PIXEL_BYTES,
        pixelCount,
        runs: tables + phase.runs,
        runCount: phase.runCount,
        runLength: phase.runLength,
        panels: panels + group * groupColumns * rows * FLOAT_BYTES,
        columns,
        windowSums: sums?.compute(index, group, pixel, pixelCount) ?? 0,
        columnValues: columnValues + group * groupColumns * FLOAT_BYTES,
      });
    }
  }
  return finite;
}
