// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {type FilterGradientCall, runFilterGradientPass} from './filter-gradient-pass.js';
import {runKernel} from './kernel-call.js';
import type {Lane} from './lane.js';

const kernelName = 'GroupedConv2DBackpropFilter';

/** dF = ΣdY·X. */
export const groupedConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const dy = call.address(inputs.dy);
      const {filterHeight, filterWidth, inChannels, outChannels, groups} = geometry;
      const dFilter = call.output([filterHeight, filterWidth, inChannels / groups, outChannels]);
      runFilterGradientPass(call, geometry, {x, dy, dFilter: dFilter.address}, addProducts);
      return dFilter.tensor;
    });
  },
});

/** ΣdY·X; the adder's full-precision filter gradient is made of it too. */
export function addProducts(lane: Lane, windows: FilterGradientCall): void {
  lane.run(
    'groupedConv2dBackpropFilter',
    windows.source,
    windows.pixels,
    windows.pixelCount,
    windows.rowOffsets,
    windows.rows,
    windows.dyPanels,
    windows.columns,
    windows.target,
  );
}
