// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {isDepthwise} from './depthwise.js';
import {depthwiseFilterGradient} from './depthwise-filter-gradient.js';
import {type FilterGradientCall, runFilterGradientPass} from './filter-gradient-pass.js';
import {type KernelCall, runKernel} from './kernel-call.js';
import type {Lane} from './lane.js';

const kernelName = 'GroupedConv2DBackpropFilter';

/** dF = ΣdY·X. */
export const groupedConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs: {x, dy}, attrs: {geometry}, backend}) {
    const {filterHeight, filterWidth, inChannels, outChannels, groups} = geometry;
    const filterShape = [filterHeight, filterWidth, inChannels / groups, outChannels];
    return runKernel(kernelName, backend, (call) => convolutionFilterGradient(call, geometry, x, dy, filterShape));
  },
});

/**
 * The kernel's body; TF.js's kernels of convolutions are made of it too.
 *
 * @param filterShape [filterHeight, filterWidth, inChannels / groups, outChannels], or another shape of the same size
 */
export function convolutionFilterGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  xTensor: TensorInfo,
  dyTensor: TensorInfo,
  filterShape: readonly number[],
): TensorInfo {
  const x = call.address(xTensor);
  const dy = call.address(dyTensor);
  const dFilter = call.output(filterShape);
  const tensors = {x, dy, dFilter: dFilter.address};
  if (isDepthwise(geometry)) depthwiseFilterGradient(call, geometry, tensors, 'convolution');
  else runFilterGradientPass(call, geometry, tensors, addProducts);
  return dFilter.tensor;
}

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
