// SPDX-License-Identifier: Apache-2.0
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import type {WindowPass} from './window-pass.js';

/** Columns of a panel, as in assembly/panels.ts. */
export const PANEL_WIDTH = 8;

/** The filter of every phase, packed: per group panels of eight columns, their rows in the order of the runs. */
export interface PackedPhase {
  readonly panels: number;
  /** Rows of a panel. */
  readonly rows: number;
  /** Panels of all groups. */
  readonly panelCount: number;
}

/** Packs the filter for all phases of a pass, into scratch memory. */
export function packFilter(call: KernelCall, pass: WindowPass, filter: number): PackedPhase[] {
  const {rows, rowStride, columns, columnStride, groupStride} = pass.filter;
  const groupPanels = Math.ceil(columns / PANEL_WIDTH);
  return pass.phases.map(({taps}) => {
    const panelRows = taps.length * rows;
    const groupFloats = groupPanels * PANEL_WIDTH * panelRows;
    const panels = call.scratchFloats(pass.groups * groupFloats);
    const offsets = call.table(taps.map((offset) => offset * FLOAT_BYTES));
    for (let group = 0; group < pass.groups; group++) {
      call.kernels.packPanels(
        filter + group * groupStride * FLOAT_BYTES,
        panels + group * groupFloats * FLOAT_BYTES,
        offsets,
        taps.length,
        rows,
        rowStride * FLOAT_BYTES,
        columns,
        columnStride * FLOAT_BYTES,
      );
    }
    return {panels, rows: panelRows, panelCount: pass.groups * groupPanels};
  });
}

/**
 * A table with a value for every column of the packed filters, in scratch memory.
 *
 * @param compute fills `panels` × 8 values from the panels at `source`, of `rows` rows
 * @returns address of the values for the columns of a call
 */
export function columnTable(
  call: KernelCall,
  packed: readonly PackedPhase[],
  compute: (source: number, target: number, panels: number, rows: number) => void,
): (windows: {readonly phase: number; readonly firstPanel: number}) => number {
  const addresses = packed.map(({panels, panelCount, rows}) => {
    const address = call.scratchFloats(panelCount * PANEL_WIDTH);
    compute(panels, address, panelCount, rows);
    return address;
  });
  return ({phase, firstPanel}) => (addresses[phase] ?? 0) + firstPanel * PANEL_WIDTH * FLOAT_BYTES;
}
