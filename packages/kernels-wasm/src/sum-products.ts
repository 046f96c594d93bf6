// SPDX-License-Identifier: Apache-2.0
import type {KernelCall} from './kernel-call.js';
import type {PackedPhase} from './packed-filter.js';
import {runWindowPass} from './run-window-pass.js';
import type {WindowPass} from './window-pass.js';

/**
 * The sums of products of a pass's windows and filter columns.
 *
 * @returns whether all of them are finite
 */
export function sumProducts(
  call: KernelCall,
  pass: WindowPass,
  source: number,
  packed: readonly PackedPhase[],
  target: number,
): boolean {
  return runWindowPass(call, pass, source, packed, target, {}, (windows) =>
    call.kernels.sumProducts(
      windows.source,
      windows.target,
      windows.pixels,
      windows.pixelCount,
      windows.runs,
      windows.runCount,
      windows.runLength,
      windows.panels,
      windows.columns,
    ),
  );
}
