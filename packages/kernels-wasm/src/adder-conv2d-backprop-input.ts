// SPDX-License-Identifier: Apache-2.0
import {defineKernel, type InputGradient} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {geometryTable} from './geometry-table.js';
import {REPAIR_FACTOR} from './input-gradient.js';
import {type KernelCall, runKernel} from './kernel-call.js';
import {type PackedPhase, packFilter} from './packed-filter.js';
import {runWindowPass} from './run-window-pass.js';
import {inputGradientPass, type WindowPass} from './window-pass.js';

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
      const filter = call.address(inputs.filter);
      const tensors: Addresses = {x: call.address(inputs.x), dy: call.address(inputs.dy)};
      const {batch, inHeight, inWidth, inChannels} = geometry;
      const dx = call.output([batch, inHeight, inWidth, inChannels]);

      const pass = inputGradientPass(geometry);
      const marks = inputGradient === 'sign' ? call.kernels.markPanelColumns : undefined;
      const packed = packFilter(call, pass, filter, marks);
      const finite = GRADIENTS[inputGradient](call, pass, tensors, packed, dx.address);
      if (!finite) {
        const table = call.table(geometryTable(geometry));
        const factor = REPAIR_FACTOR[inputGradient];
        call.kernels.repairInputGradient(table, tensors.x, filter, tensors.dy, dx.address, factor);
      }
      return dx.tensor;
    });
  },
});

interface Addresses {
  readonly x: number;
  readonly dy: number;
}

/** Computes dX, and answers whether all of it is finite. */
type Gradient = (
  call: KernelCall,
  pass: WindowPass,
  tensors: Addresses,
  packed: readonly PackedPhase[],
  dx: number,
) => boolean;

const GRADIENTS: Readonly<Record<InputGradient, Gradient>> = {
  'hard-tanh'(call, pass, {x, dy}, packed, dx) {
    return runWindowPass(call, pass, dy, packed, dx, {windowSums: 1}, (windows) =>
      call.kernels.adderConv2dBackpropInput(
        windows.source,
        windows.target,
        windows.pixels,
        windows.pixelCount,
        windows.runs,
        windows.runCount,
        windows.runLength,
        windows.panels,
        windows.columns,
        x + (windows.target - dx),
        windows.windowSums,
      ),
    );
  },

  sign(call, pass, {x, dy}, packed, dx) {
    return runWindowPass(call, pass, dy, packed, dx, {}, (windows) =>
      call.kernels.adderConv2dBackpropInputSign(
        windows.source,
        windows.target,
        windows.pixels,
        windows.pixelCount,
        windows.runs,
        windows.runCount,
        windows.runLength,
        windows.panels,
        windows.columns,
        x + (windows.target - dx),
        windows.columnValues,
      ),
    );
  },

  'full-precision'(call, pass, {x, dy}, packed, dx) {
    return runWindowPass(call, pass, dy, packed, dx, {windowSums: 1}, (windows) => {
      const {source, target, pixels, pixelCount, runs, runCount, runLength, panels, columns, windowSums} = windows;
      call.kernels.sumProducts(source, target, pixels, pixelCount, runs, runCount, runLength, panels, columns);
      return call.kernels.subtractScaledInput(target, pixels, pixelCount, columns, x + (target - dx), windowSums);
    });
  },
};
