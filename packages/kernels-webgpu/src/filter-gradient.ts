// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, withTemporaries} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebgpuBackend} from './backend.js';
import {requireBuffer, requireWorkingDevice} from './device.js';
import {runProgram} from './program.js';
import {filterGradientParts, type FilterSlope, pixelParts} from './programs/filter-gradient.js';
import {sumParts} from './programs/sum-parts.js';
import {windowsOf} from './windows.js';

/** dF = Σ dY·slope(x, filter) over all output pixels: sums over parts of them, and the parts' sum. */
export function windowedFilterGradient(
  kernelName: string,
  slope: FilterSlope,
  backend: WebgpuBackend,
  {x, filter, dy}: {readonly x: TensorInfo; readonly filter?: TensorInfo; readonly dy: TensorInfo},
  geometry: Conv2DGeometry,
): TensorInfo {
  requireWorkingDevice(kernelName, backend);
  const windows = windowsOf(geometry);
  const {batch, filterHeight, filterWidth, groupInChannels, outChannels, filterSize} = windows;
  const outputShape = [filterHeight, filterWidth, groupInChannels, outChannels];
  const size = filterSize * outChannels;
  if (batch === 0) return backend.makeTensorInfo(outputShape, 'float32', new Float32Array(size));
  requireBuffer(`${kernelName}: x`, x.shape, backend);
  requireBuffer(`${kernelName}: dy`, dy.shape, backend);
  const split = pixelParts(windows);
  const inputs = [x, dy, ...(slope.readsFilter && filter !== undefined ? [filter] : [])];
  const program = filterGradientParts(slope, windows, split);
  if (split.parts === 1) return runProgram(backend, kernelName, program, inputs, outputShape);
  const parts = runProgram(backend, `${kernelName}: parts`, program, inputs, [split.parts, ...outputShape]);
  return withTemporaries(backend, [parts], () =>
    runProgram(backend, kernelName, sumParts(size, split.parts), [parts], outputShape),
  );
}
