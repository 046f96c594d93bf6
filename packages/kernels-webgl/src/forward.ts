// SPDX-License-Identifier: Apache-2.0
import {type Activation, type Conv2DGeometry, withTemporaries} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from './backend.js';
import {requireWorkingContext} from './device.js';
import {runProgram} from './program.js';
import {packChannels} from './programs/pack-channels.js';
import {packFilter} from './programs/pack-filter.js';
import {type Term, windowSums} from './programs/window-sums.js';
import {windowsOf} from './windows.js';

/** The inputs of a fused kernel's end. */
export interface FusedEnd {
  readonly scale: TensorInfo;
  readonly offset: TensorInfo;
  readonly residual?: TensorInfo;
  readonly activation: Activation;
}

/** y = Σ term(x, filter) over every window, and if there is a fused end activation(scale·y + offset + residual), in three draws. */
export function windowedForward(
  kernelName: string,
  term: Term,
  backend: WebglBackend,
  {x, filter}: {readonly x: TensorInfo; readonly filter: TensorInfo},
  geometry: Conv2DGeometry,
  end?: FusedEnd,
): TensorInfo {
  requireWorkingContext(kernelName, backend);
  const {batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, groups} = geometry;
  const outputShape = [batch, outHeight, outWidth, outChannels];
  if (batch === 0) return backend.makeTensorInfo(outputShape, 'float32', new Float32Array(0));
  const windows = windowsOf(geometry);
  const images = packChannels(backend, `${kernelName}: x`, x, [batch, inHeight, inWidth, inChannels], {
    groups,
    windows,
  });
  return withTemporaries(backend, [images.tensor], () => {
    const weights = packFilter(backend, kernelName, filter, windows);
    return withTemporaries(backend, [weights.tensor], () => {
      const inputs = [images.tensor, weights.tensor];
      if (end === undefined) {
        return runProgram(backend, windowSums(term, windows, images.table, weights.table), inputs, outputShape);
      }
      const {scale, offset, residual, activation} = end;
      const epilogue = {activation, hasResidual: residual !== undefined};
      return runProgram(
        backend,
        windowSums(term, windows, images.table, weights.table, epilogue),
        [...inputs, scale, offset, ...(residual === undefined ? [] : [residual])],
        outputShape,
      );
    });
  });
}
