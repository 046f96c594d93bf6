// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, withTemporaries} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from './backend.js';
import {requireFloat32, requireWorkingContext} from './device.js';
import {runProgram} from './program.js';
import {inputGradient, type Slope} from './programs/input-gradient.js';
import {packChannels} from './programs/pack-channels.js';
import {windowsOf} from './windows.js';

/** dX = Σ dY·slope(filter, x) over the windows that see an element, in three draws. */
export function windowedInputGradient(
  kernelName: string,
  slope: Slope,
  backend: WebglBackend,
  {x, filter, dy}: {readonly x?: TensorInfo; readonly filter: TensorInfo; readonly dy: TensorInfo},
  geometry: Conv2DGeometry,
): TensorInfo {
  requireWorkingContext(kernelName, backend);
  requireFloat32(kernelName);
  const {batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, groups} = geometry;
  const outputShape = [batch, inHeight, inWidth, inChannels];
  if (batch === 0) return backend.makeTensorInfo(outputShape, 'float32', new Float32Array(0));
  const windows = windowsOf(geometry);
  const gradients = packChannels(backend, `${kernelName}: dy`, dy, [batch, outHeight, outWidth, outChannels], {groups});
  return withTemporaries(backend, [gradients.tensor], () => {
    const places = geometry.filterHeight * geometry.filterWidth;
    const weights = packChannels(
      backend,
      `${kernelName}: the filter`,
      filter,
      [1, places, windows.groupInChannels, outChannels],
      {groups},
    );
    return withTemporaries(backend, [weights.tensor], () =>
      runProgram(
        backend,
        inputGradient(slope, windows, gradients.table, weights.table),
        [gradients.tensor, weights.tensor, ...(slope.readsX && x !== undefined ? [x] : [])],
        outputShape,
      ),
    );
  });
}
