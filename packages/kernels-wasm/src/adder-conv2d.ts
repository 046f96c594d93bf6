// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {depthwiseAdder, isDepthwise} from './depthwise.js';
import {geometryTable} from './geometry-table.js';
import {type KernelCall, runKernel} from './kernel-call.js';
import {forwardPlan} from './window-plan.js';
import {runWindows, type WindowRunOptions, type WindowTensors} from './window-run.js';

const kernelName = 'AdderConv2D';

/** Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2). */
export const adderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const filter = call.address(inputs.filter);
      const {batch, outHeight, outWidth, outChannels} = geometry;
      const y = call.output([batch, outHeight, outWidth, outChannels]);

      const tensors = {source: x, filter, target: y.address};
      if (isDepthwise(geometry)) {
        depthwiseAdder(call, geometry, tensors);
        return y.tensor;
      }
      const finite = negativeDistances(call, geometry, tensors);
      if (!finite) call.kernels.repairForward(call.table(geometryTable(geometry)), x, filter, y.address, 1);
      return y.tensor;
    });
  },
});

/** @returns whether all of y is finite */
function negativeDistances(call: KernelCall, geometry: Conv2DGeometry, tensors: WindowTensors): boolean {
  const options: WindowRunOptions = {
    windowSums: 0.5,
    evaluateColumns: (lane, source, target, panels, rows) =>
      lane.run('sumPanelColumns', source, target, panels, rows, 0.5),
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
    ),
  );
}
