// SPDX-License-Identifier: Apache-2.0
import type {KernelCall} from './kernel-call.js';
import {type PackedPhase, runWindowPass} from './run-window-pass.js';
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
  const {kernels} = call;
  let finite = 1;
  runWindowPass(call, pass, source, packed, target, (windows) => {
    const {pixels, pixelCount, runs, runCount, runLength, panels, columns} = windows;
    finite &= kernels.sumProducts(
      windows.source,
      windows.target,
      pixels,
      pixelCount,
      runs,
      runCount,
      runLength,
      panels,
      columns,
    );
  });
  return finite === 1;
}
