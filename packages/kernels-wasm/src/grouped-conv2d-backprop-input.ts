// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {depthwiseConvolutionInputGradient, isDepthwise} from './depthwise.js';
import {geometryTable} from './geometry-table.js';
import {REPAIR_FACTOR} from './input-gradient.js';
import {type KernelCall, runKernel} from './kernel-call.js';
import {sumProducts} from './sum-products.js';
import {inputGradientPlan} from './window-plan.js';

const kernelName = 'GroupedConv2DBackpropInput';

/** dX = ΣdY·F. */
export const groupedConv2dBackpropInput = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs: {filter, dy}, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => convolutionInputGradient(call, geometry, filter, dy));
  },
});

/** The kernel's body; TF.js's kernels of convolutions are made of it too. */
export function convolutionInputGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  filterTensor: TensorInfo,
  dyTensor: TensorInfo,
): TensorInfo {
  const filter = call.address(filterTensor);
  const dy = call.address(dyTensor);
  const {batch, inHeight, inWidth, inChannels} = geometry;
  const dx = call.output([batch, inHeight, inWidth, inChannels]);

  const tensors = {source: dy, filter, target: dx.address};
  if (isDepthwise(geometry)) {
    depthwiseConvolutionInputGradient(call, geometry, tensors);
    return dx.tensor;
  }
  const finite = sumProducts(call, inputGradientPlan(geometry), tensors);
  if (!finite) {
    const table = call.table(geometryTable(geometry));
    call.kernels.repairInputGradient(table, 0, filter, dy, dx.address, REPAIR_FACTOR.filter);
  }
  return dx.tensor;
}
