// SPDX-License-Identifier: Apache-2.0
import type {Activation, Conv2DGeometry} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebgpuBackend} from './backend.js';
import {requireBuffer, requireWorkingDevice} from './device.js';
import {runProgram} from './program.js';
import {type Term, windowSums} from './programs/window-sums.js';
import {windowsOf} from './windows.js';

/** The inputs of a fused kernel's end. */
export interface FusedEnd {
  readonly scale: TensorInfo;
  readonly offset: TensorInfo;
  readonly residual?: TensorInfo;
  readonly activation: Activation;
}

/** y = Σ term(x, filter) over every window, and if there is a fused end activation(scale·y + offset + residual). */
export function windowedForward(
  kernelName: string,
  term: Term,
  backend: WebgpuBackend,
  {x, filter}: {readonly x: TensorInfo; readonly filter: TensorInfo},
  geometry: Conv2DGeometry,
  end?: FusedEnd,
): TensorInfo {
  requireWorkingDevice(kernelName, backend);
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const outputShape = [batch, outHeight, outWidth, outChannels];
  if (batch === 0) return backend.makeTensorInfo(outputShape, 'float32', new Float32Array(0));
  requireBuffer(`${kernelName}: x`, x.shape, backend);
  requireBuffer(`${kernelName}: the filter`, filter.shape, backend);
  const windows = windowsOf(geometry);
  if (end === undefined) return runProgram(backend, kernelName, windowSums(term, windows), [x, filter], outputShape);
  const {scale, offset, residual, activation} = end;
  const program = windowSums(term, windows, {activation, hasResidual: residual !== undefined});
  const inputs = [x, filter, scale, offset, ...(residual === undefined ? [] : [residual])];
  return runProgram(backend, kernelName, program, inputs, outputShape);
}
