// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {forwardPass} from './forward-pass.js';
import {negativeDistanceTile} from './negative-distance-tile.js';

const kernelName = 'AdderConv2D';

/** Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2). */
export const adderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const {batch, outHeight, outWidth, outChannels} = geometry;
    const y = forwardPass(negativeDistanceTile, x, filter, geometry);
    return floatTensor(backend, [batch, outHeight, outWidth, outChannels], y);
  },
});
