// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, withTemporaries} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from './backend.js';
import {maxTextureSize, requireFloat32, requireWorkingContext} from './device.js';
import {runProgram, runTableProgram} from './program.js';
import {filterGradientParts, type PairSlope} from './programs/filter-gradient.js';
import {packPixelPairs} from './programs/pack-pixel-pairs.js';
import {sumParts} from './programs/sum-parts.js';
import {texelTable} from './texel-table.js';
import {windowsOf} from './windows.js';

/** Pixels that a part sums over, if there are as many: enough to make the sum of the parts cheap, few enough to keep all of a GPU busy. */
const PART_PIXELS = 512;

/** dF = Σ dY·slope(x, filter) over all output pixels, in three draws: x as pairs of pixels, sums over parts of the rows, and the parts' sum. */
export function windowedFilterGradient(
  kernelName: string,
  slope: PairSlope,
  backend: WebglBackend,
  {x, filter, dy}: {readonly x: TensorInfo; readonly filter?: TensorInfo; readonly dy: TensorInfo},
  geometry: Conv2DGeometry,
): TensorInfo {
  requireWorkingContext(kernelName, backend);
  requireFloat32(kernelName);
  const {batch, outHeight, outWidth, outChannels, filterHeight, filterWidth} = geometry;
  const windows = windowsOf(geometry);
  const outputShape = [filterHeight, filterWidth, windows.groupInChannels, outChannels];
  if (batch === 0) {
    const zeros = new Float32Array(filterHeight * filterWidth * windows.groupInChannels * outChannels);
    return backend.makeTensorInfo(outputShape, 'float32', zeros);
  }
  const images = packPixelPairs(backend, kernelName, x, windows);
  return withTemporaries(backend, [images.tensor], () => {
    const partTexels = filterHeight * filterWidth * Math.ceil(windows.groupInChannels / 2) * Math.ceil(outChannels / 2);
    const partRows = Math.max(1, Math.round(PART_PIXELS / outWidth));
    const parts = Math.ceil((batch * outHeight) / partRows);
    const table = texelTable(`${kernelName}: parts of the gradient`, parts * partTexels, 1, maxTextureSize());
    const sums = runTableProgram(
      backend,
      filterGradientParts(slope, windows, images.table, table, {partTexels, partRows}),
      [images.tensor, dy, ...(slope.readsFilter && filter !== undefined ? [filter] : [])],
      table,
    );
    return withTemporaries(backend, [sums], () =>
      runProgram(backend, sumParts(table, partTexels, parts), [sums], outputShape),
    );
  });
}
