// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {depthwiseAdder, depthwiseConvolution, isDepthwise} from './depthwise.js';
import type {EpilogueTables} from './epilogue-table.js';
import type {KernelCall} from './kernel-call.js';
import {sumProducts} from './sum-products.js';
import {forwardPlan} from './window-plan.js';
import {runWindows, type WindowRunOptions, type WindowTensors} from './window-run.js';

/**
 * What a convolution-like op makes of the windows of x (`source`).
 *
 * @param epilogue what to make of the sums before they are stored; default: nothing
 * @returns whether all sums are right; if not, those are that are finite
 */
export type ForwardSums = (
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: WindowTensors,
  epilogue?: EpilogueTables,
) => boolean;

/** −Σ|X − F|. */
export const adderSums: ForwardSums = (call, geometry, tensors, epilogue) => {
  if (isDepthwise(geometry)) {
    depthwiseAdder(call, geometry, tensors, epilogue);
    return true;
  }
  const options: WindowRunOptions = {
    windowSums: 0.5,
    evaluateColumns: (lane, source, target, panels, rows) =>
      lane.run('sumPanelColumns', source, target, panels, rows, 0.5),
    epilogue,
  };
  return runWindows(call, forwardPlan(geometry), tensors, options, (lane, windows) =>
    lane.check(
      'adderConv2d',
      windows.source,
      windows.target,
      windows.pixels,
      windows.pixelCount,
      windows.runs,
      windows.runCount,
      windows.runLength,
      windows.panels,
      windows.columns,
      windows.windowSums,
      windows.columnValues,
      windows.epilogue,
    ),
  );
};

/** ΣX·F. */
export const convolutionSums: ForwardSums = (call, geometry, tensors, epilogue) => {
  if (isDepthwise(geometry)) {
    depthwiseConvolution(call, geometry, tensors, epilogue);
    return true;
  }
  return sumProducts(call, forwardPlan(geometry), tensors, epilogue);
};
