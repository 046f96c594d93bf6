// SPDX-License-Identifier: Apache-2.0
import {defineKernel, type InputGradient} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {depthwiseAdderInputGradient, isDepthwise} from './depthwise.js';
import {geometryTable} from './geometry-table.js';
import {REPAIR_FACTOR} from './input-gradient.js';
import {type KernelCall, runKernel} from './kernel-call.js';
import {inputGradientPlan, type WindowPlan} from './window-plan.js';
import {runWindows, type WindowTensors} from './window-run.js';

const kernelName = 'AdderConv2DBackpropInput';

/**
 * dX = ΣdY·s(F − X) with the surrogate slope s: hard tanh (AdderNet, arXiv 1912.13200, eq. 6), sign, or the identity. Padded taps lie outside
 * x and give nothing.
 */
export const adderConv2dBackpropInput = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry, inputGradient}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const filter = call.address(inputs.filter);
      const dy = call.address(inputs.dy);
      const {batch, inHeight, inWidth, inChannels} = geometry;
      const dx = call.output([batch, inHeight, inWidth, inChannels]);

      const tensors = {source: dy, filter, target: dx.address};
      if (isDepthwise(geometry)) {
        depthwiseAdderInputGradient(call, geometry, tensors, x, REPAIR_FACTOR[inputGradient]);
        return dx.tensor;
      }
      const finite = GRADIENTS[inputGradient](call, inputGradientPlan(geometry), tensors, x);
      if (!finite) {
        const table = call.table(geometryTable(geometry));
        call.kernels.repairInputGradient(table, x, filter, dy, dx.address, REPAIR_FACTOR[inputGradient]);
      }
      return dx.tensor;
    });
  },
});

/** Computes dX, and answers whether all of it is finite. */
type Gradient = (call: KernelCall, plan: WindowPlan, tensors: WindowTensors, x: number) => boolean;

const GRADIENTS: Readonly<Record<InputGradient, Gradient>> = {
  'hard-tanh'(call, plan, tensors, x) {
    return runWindows(call, plan, tensors, {windowSums: 1}, (lane, windows) =>
      lane.check(
        'adderConv2dBackpropInput',
        windows.source,
        windows.target,
        windows.pixels,
        windows.pixelCount,
        windows.runs,
        windows.runCount,
        windows.runLength,
        windows.panels,
        windows.columns,
        x + (windows.target - tensors.target),
        windows.windowSums,
      ),
    );
  },

  sign(call, plan, tensors, x) {
    return runWindows(
      call,
      plan,
      tensors,
      {evaluateColumns: (lane, ...columns) => lane.run('markPanelColumns', ...columns)},
      (lane, windows) =>
        lane.check(
          'adderConv2dBackpropInputSign',
          windows.source,
          windows.target,
          windows.pixels,
          windows.pixelCount,
          windows.runs,
          windows.runCount,
          windows.runLength,
          windows.panels,
          windows.columns,
          x + (windows.target - tensors.target),
          windows.columnValues,
        ),
    );
  },

  'full-precision'(call, plan, tensors, x) {
    return runWindows(call, plan, tensors, {windowSums: 1}, (lane, windows) => {
      const {source, target, pixels, pixelCount, runs, runCount, runLength, panels, columns, windowSums} = windows;
      lane.run('sumProducts', source, target, pixels, pixelCount, runs, runCount, runLength, panels, columns, 0);
      lane.check('subtractScaledInput', target, pixels, pixelCount, columns, x + (target - tensors.target), windowSums);
    });
  },
};
