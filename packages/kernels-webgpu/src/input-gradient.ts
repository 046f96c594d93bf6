// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebgpuBackend} from './backend.js';
import {requireBuffer, requireWorkingDevice} from './device.js';
import {runProgram} from './program.js';
import {inputGradient, type Slope} from './programs/input-gradient.js';
import {windowsOf} from './windows.js';

/** dX = Σ dY·slope(filter, x) over the windows that see an element. */
export function windowedInputGradient(
  kernelName: string,
  slope: Slope,
  backend: WebgpuBackend,
  {x, filter, dy}: {readonly x?: TensorInfo; readonly filter: TensorInfo; readonly dy: TensorInfo},
  geometry: Conv2DGeometry,
): TensorInfo {
  requireWorkingDevice(kernelName, backend);
  const {batch, inHeight, inWidth, inChannels} = geometry;
  const outputShape = [batch, inHeight, inWidth, inChannels];
  if (batch === 0) return backend.makeTensorInfo(outputShape, 'float32', new Float32Array(0));
  requireBuffer(`${kernelName}: dy`, dy.shape, backend);
  requireBuffer(`${kernelName}: the filter`, filter.shape, backend);
  const inputs = [dy, filter, ...(slope.readsX && x !== undefined ? [x] : [])];
  return runProgram(backend, kernelName, inputGradient(slope, windowsOf(geometry)), inputs, outputShape);
}
