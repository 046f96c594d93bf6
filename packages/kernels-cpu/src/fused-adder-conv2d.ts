// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {finishWith} from './epilogue.js';
import {forwardPass} from './forward-pass.js';
import {negativeDistanceTile} from './negative-distance-tile.js';

const kernelName = 'FusedAdderConv2D';

/** activation(scale·(−Σ|X − F|) + offset + residual), without −Σ|X − F| ever being stored. */
export const fusedAdderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry, activation}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const epilogue = {
      scale: floatValues(kernelName, backend, inputs.scale),
      offset: floatValues(kernelName, backend, inputs.offset),
      residual: inputs.residual === undefined ? undefined : floatValues(kernelName, backend, inputs.residual),
      activation,
    };
    const {batch, outHeight, outWidth, outChannels} = geometry;
    const y = forwardPass(negativeDistanceTile, x, filter, geometry, finishWith(epilogue));
    return floatTensor(backend, [batch, outHeight, outWidth, outChannels], y);
  },
});
