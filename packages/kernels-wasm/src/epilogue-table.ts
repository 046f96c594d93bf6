// SPDX-License-Identifier: Apache-2.0
import type {Activation, Conv2DGeometry} from '@addernet/core';
import {isDepthwise} from './depthwise.js';
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {PANEL_WIDTH} from './packed-filter.js';

/** What a fused kernel makes of its sums, as assembly/epilogue.ts reads it: a table per group. */
export interface EpilogueTables {
  readonly address: number;
  /** Size of a group's table. */
  readonly bytes: number;
  readonly groups: number;
  /** Output channels of a group. */
  readonly columns: number;
}

const HEADER_FLOATS = 4;

/** The range to which an activation clamps. */
const RANGES: Readonly<Record<Activation, readonly [number, number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Addresses of a fused kernel's tensors. */
export interface EpilogueTensors {
  /** [outChannels] */
  readonly scale: number;
  /** [outChannels] */
  readonly offset: number;
  /** Of y's shape, or none. */
  readonly residual: number | undefined;
  readonly y: number;
}

/** Writes the tables into scratch memory; depthwise, all channels are columns of one group. */
export function epilogueTables(
  call: KernelCall,
  geometry: Conv2DGeometry,
  {scale, offset, residual, y}: EpilogueTensors,
  activation: Activation,
): EpilogueTables {
  const {outChannels} = geometry;
  const groups = isDepthwise(geometry) ? 1 : geometry.groups;
  const columns = outChannels / groups;
  const groupColumns = Math.ceil(columns / PANEL_WIDTH) * PANEL_WIDTH;
  const tableFloats = HEADER_FLOATS + 2 * groupColumns;
  const address = call.scratchFloats(groups * tableFloats);
  const floats = call.floats(address, groups * tableFloats).fill(0);
  const ints = call.int32s(address, groups * tableFloats);
  const [scales, offsets] = [call.floats(scale, outChannels), call.floats(offset, outChannels)];
  for (let group = 0; group < groups; group++) {
    const table = group * tableFloats;
    floats.set(RANGES[activation], table);
    ints[table + 2] = residual === undefined ? 0 : residual - y;
    ints[table + 3] = groupColumns * FLOAT_BYTES;
    const first = table + HEADER_FLOATS;
    floats.set(scales.subarray(group * columns, (group + 1) * columns), first);
    floats.set(offsets.subarray(group * columns, (group + 1) * columns), first + groupColumns);
  }
  return {address, bytes: tableFloats * FLOAT_BYTES, groups, columns};
}
