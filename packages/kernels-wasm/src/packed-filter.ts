// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {Lane} from './lane.js';
import type {PackedPhase} from './packed-phase.js';
import type {WindowPlan} from './window-plan.js';
import {FLOAT_NANOSECONDS} from './work.js';

/** Columns of a panel, as in assembly/panels.ts. */
export const PANEL_WIDTH = 8;

/** Panels that are packed, and their columns evaluated, in one go: they are still in the cache then. */
const BLOCK_PANELS = 4;

/** Fills `panels` × 8 values at `target` from the columns of the panels at `source`, of `rows` rows. */
export type EvaluateColumns = (lane: Lane, source: number, target: number, panels: number, rows: number) => void;

/**
 * Packs the filter for all phases of a plan, into scratch memory.
 *
 * @param tables address of the plan's tables
 */
export function packFilter(
  call: KernelCall,
  {pass, phases}: WindowPlan,
  tables: number,
  filter: number,
  evaluate?: EvaluateColumns,
): readonly PackedPhase[] {
  const {rows, rowStride, columns, columnStride, groupStride} = pass.filter;
  const panelBytes = PANEL_WIDTH * FLOAT_BYTES;
  const groupPanels = Math.ceil(columns / PANEL_WIDTH);
  const groupBlocks = Math.ceil(groupPanels / BLOCK_PANELS);
  return phases.map(({taps, tapCount}) => {
    const panelRows = tapCount * rows;
    const floats = pass.groups * groupPanels * panelRows * PANEL_WIDTH;
    const panels = call.scratchFloats(floats);
    const columnValues = evaluate === undefined ? 0 : call.scratch(pass.groups * groupPanels * panelBytes);
    call.parallel(pass.groups * groupBlocks, floats * FLOAT_NANOSECONDS, (item, lane) => {
      const group = Math.floor(item / groupBlocks);
      const panel = (item % groupBlocks) * BLOCK_PANELS;
      const column = panel * PANEL_WIDTH;
      const count = Math.min(BLOCK_PANELS, groupPanels - panel);
      const first = group * groupPanels + panel;
      const target = panels + first * panelRows * panelBytes;
      lane.run(
        'packPanels',
        filter + (group * groupStride + column * columnStride) * FLOAT_BYTES,
        target,
        tables + taps,
        tapCount,
        rows,
        rowStride * FLOAT_BYTES,
        Math.min(count * PANEL_WIDTH, columns - column),
        columnStride * FLOAT_BYTES,
      );
      evaluate?.(lane, target, columnValues + first * panelBytes, count, panelRows);
    });
    return {panels, rows: panelRows, columnValues};
  });
}
