// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {WindowPlan} from './window-plan.js';

/** Columns of a panel, as in assembly/panels.ts. */
export const PANEL_WIDTH = 8;

/** Panels that are packed, and their columns evaluated, in one go: they are still in the cache then. */
const BLOCK_PANELS = 4;

/** The filter of a phase, packed: per group panels of eight columns, their rows in the order of the runs. */
export interface PackedPhase {
  /** Address of the panels. */
  readonly panels: number;
  /** Rows of a panel. */
  readonly rows: number;
  /** Address of what `evaluate` made of the columns of the panels; 0 without it. */
  readonly columnValues: number;
}

/** Fills `panels` × 8 values at `target` from the columns of the panels at `source`, of `rows` rows. */
export type EvaluateColumns = (source: number, target: number, panels: number, rows: number) => void;

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
): PackedPhase[] {
  const {rows, rowStride, columns, columnStride, groupStride} = pass.filter;
  const panelBytes = PANEL_WIDTH * FLOAT_BYTES;
  const groupPanels = Math.ceil(columns / PANEL_WIDTH);
  return phases.map(({taps, tapCount}) => {
    const panelRows = tapCount * rows;
    const panels = call.scratch(pass.groups * groupPanels * panelRows * panelBytes);
    const columnValues = evaluate === undefined ? 0 : call.scratch(pass.groups * groupPanels * panelBytes);
    for (let group = 0; group < pass.groups; group++) {
      for (let panel = 0; panel < groupPanels; panel += BLOCK_PANELS) {
        const column = panel * PANEL_WIDTH;
        const count = Math.min(BLOCK_PANELS, groupPanels - panel);
        const first = group * groupPanels + panel;
        const target = panels + first * panelRows * panelBytes;
        call.kernels.packPanels(
          filter + (group * groupStride + column * columnStride) * FLOAT_BYTES,
          target,
          tables + taps,
          tapCount,
          rows,
          rowStride * FLOAT_BYTES,
          Math.min(count * PANEL_WIDTH, columns - column),
          columnStride * FLOAT_BYTES,
        );
        evaluate?.(target, columnValues + first * panelBytes, count, panelRows);
      }
    }
    return {panels, rows: panelRows, columnValues};
  });
}
