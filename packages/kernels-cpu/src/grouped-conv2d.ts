// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {productSum} from './direct-sums.js';
import {forwardPass} from './forward-pass.js';
import {productTile} from './product-tile.js';

const kernelName = 'GroupedConv2D';

/** Y = ΣX·F. */
export const groupedConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isCpuBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const {batch, outHeight, outWidth, outChannels} = geometry;
    const y = forwardPass(productTile, x, filter, geometry);
    // A padded tap contributes nothing, but 0 · ∞ in the tile gives NaN: where the sum is not finite, the formula decides.
    for (let i = 0; i < y.length; i++) {
      if (!Number.isFinite(y[i])) y[i] = productSum(x, filter, geometry, i);
    }
    return floatTensor(backend, [batch, outHeight, outWidth, outChannels], y);
  },
});
