// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {EpilogueTables} from './epilogue-table.js';
import type {KernelCall} from './kernel-call.js';
import {parallelFloats} from './parallel-floats.js';
import {depthwiseForwardPlan, depthwiseInputGradientPlan} from './window-plan.js';
import {runWindows, type TileLoop, type WindowTensors} from './window-run.js';

/** Whether every input channel is a group of its own, for which there are tiles over channels (assembly/depthwise.ts). */
export function isDepthwise({groups, inChannels}: Conv2DGeometry): boolean {
  return groups > 1 && groups === inChannels;
}

/** The geometry with every input channel repeated, so that each group has one output channel. */
export function repeatedGeometry(geometry: Conv2DGeometry): Conv2DGeometry {
  const {outChannels} = geometry;
  return {...geometry, inChannels: outChannels, groups: outChannels};
}

/** x with every channel repeated for each output channel of its group, `x` itself where that is one. */
export function repeatChannels(call: KernelCall, geometry: Conv2DGeometry, x: number): number {
  const {batch, inHeight, inWidth, inChannels, outChannels} = geometry;
  const times = outChannels / inChannels;
  if (times === 1) return x;
  const count = batch * inHeight * inWidth * inChannels;
  const repeated = call.scratchFloats(count * times);
  parallelFloats(call, count, (lane, offset, length) =>
    lane.run('repeatElements', x + offset, repeated + offset * times, length, times),
  );
  return repeated;
}

/** The depthwise convolution of x (`source`), by its formula as it stands. */
export function depthwiseConvolution(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: WindowTensors,
  epilogue?: EpilogueTables,
): void {
  const plan = depthwiseForwardPlan(repeatedGeometry(geometry));
  const source = repeatChannels(call, geometry, tensors.source);
  runWindows(call, plan, {...tensors, source}, {filterInPlace: true, epilogue}, products);
}

/** The depthwise adder of x (`source`), by its formula as it stands. */
export function depthwiseAdder(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: WindowTensors,
  epilogue?: EpilogueTables,
): void {
  const plan = depthwiseForwardPlan(repeatedGeometry(geometry));
  const source = repeatChannels(call, geometry, tensors.source);
  runWindows(call, plan, {...tensors, source}, {filterInPlace: true, epilogue}, (lane, windows) =>
    lane.run(
      'depthwiseAdder',
      windows.source,
      windows.target,
      windows.pixels,
      windows.pixelCount,
      windows.runs,
      windows.taps,
      windows.runCount,
      windows.absent,
      windows.absentCount,
      windows.panels,
      windows.columns,
      windows.epilogue,
    ),
  );
}

/** dX of the depthwise convolution from dY (`source`), by its formula as it stands. */
export function depthwiseConvolutionInputGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: WindowTensors,
): void {
  inputGradient(call, geometry, tensors, () => products);
}

/**
 * dX of the depthwise adder from dY (`source`), by its formula as it stands.
 *
 * @param gradient the surrogate by number (input-gradient.ts)
 */
export function depthwiseAdderInputGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: WindowTensors,
  xOfInput: number,
  gradient: number,
): void {
  const x = repeatChannels(call, geometry, xOfInput);
  inputGradient(call, geometry, tensors, (target) => (lane, windows) => {
    lane.run(
      'depthwiseAdderInputGradient',
      windows.source,
      windows.target,
      windows.pixels,
      windows.pixelCount,
      windows.runs,
      windows.taps,
      windows.runCount,
      windows.panels,
      windows.columns,
      x + (windows.target - target),
      gradient,
    );
  });
}

const products: TileLoop = (lane, windows) => {
  lane.run(
    'depthwiseProducts',
    windows.source,
    windows.target,
    windows.pixels,
    windows.pixelCount,
    windows.runs,
    windows.taps,
    windows.runCount,
    windows.panels,
    windows.columns,
    windows.epilogue,
  );
};

/** @param tileLoopFor the tile loop that computes dX of the repeated channels at an address */
function inputGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: WindowTensors,
  tileLoopFor: (target: number) => TileLoop,
): void {
  const {batch, inHeight, inWidth, inChannels, outChannels} = geometry;
  const times = outChannels / inChannels;
  const count = batch * inHeight * inWidth * inChannels;
  const plan = depthwiseInputGradientPlan(repeatedGeometry(geometry));
  const target = times === 1 ? tensors.target : call.scratchFloats(count * times);
  runWindows(call, plan, {...tensors, target}, {filterInPlace: true}, tileLoopFor(target));
  if (times === 1) return;
  parallelFloats(call, count, (lane, offset, length) =>
    lane.run('sumStretches', target + offset * times, length, times, tensors.target + offset),
  );
}
