// SPDX-License-Identifier: Apache-2.0
import type {EpilogueTables} from './epilogue-table.js';
import type {KernelCall} from './kernel-call.js';
import type {WindowPlan} from './window-plan.js';
import {runWindows, type WindowTensors} from './window-run.js';

/**
 * The sums of products of a plan's windows and filter columns.
 *
 * @param epilogue what to make of them before they are stored; default: nothing
 * @returns whether all of them are finite
 */
export function sumProducts(
  call: KernelCall,
  plan: WindowPlan,
  tensors: WindowTensors,
  epilogue?: EpilogueTables,
): boolean {
  return runWindows(call, plan, tensors, {epilogue}, (lane, windows) =>
    lane.check(
      'sumProducts',
      windows.source,
      windows.target,
      windows.pixels,
      windows.pixelCount,
      windows.runs,
      windows.runCount,
      windows.runLength,
      windows.panels,
      windows.columns,
      windows.epilogue,
    ),
  );
}
