// SPDX-License-Identifier: Apache-2.0
import type {KernelCall} from './kernel-call.js';
import type {WindowPlan} from './window-plan.js';
import {runWindows, type WindowTensors} from './window-run.js';

/**
 * The sums of products of a plan's windows and filter columns.
 *
 * @returns whether all of them are finite
 */
export function sumProducts(call: KernelCall, plan: WindowPlan, tensors: WindowTensors): boolean {
  return runWindows(call, plan, tensors, {}, (lane, windows) =>
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
    ),
  );
}
