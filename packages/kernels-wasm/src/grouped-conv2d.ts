// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {convolutionSums} from './forward-sums.js';
import {geometryTable} from './geometry-table.js';
import {type KernelCall, runKernel} from './kernel-call.js';

const kernelName = 'GroupedConv2D';

/** Y = ΣX·F. */
export const groupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs: {x, filter}, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => convolve(call, geometry, x, filter));
  },
});

/** The kernel's body; TF.js's kernels of convolutions are made of it too. */
export function convolve(
  call: KernelCall,
  geometry: Conv2DGeometry,
  xTensor: TensorInfo,
  filterTensor: TensorInfo,
): TensorInfo {
  const x = call.address(xTensor);
  const filter = call.address(filterTensor);
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const y = call.output([batch, outHeight, outWidth, outChannels]);

  const finite = convolutionSums(call, geometry, {source: x, filter, filterId: filterTensor.dataId, target: y.address});
  if (!finite) call.kernels.repairForward(call.table(geometryTable(geometry)), x, filter, y.address, 0);
  return y.tensor;
}
