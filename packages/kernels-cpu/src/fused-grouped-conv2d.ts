// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isCpuBackend} from './backend.js';
import {productSum} from './direct-sums.js';
import {finishWith} from './epilogue.js';
import {forwardPass} from './forward-pass.js';
import {productTile} from './product-tile.js';

const kernelName = 'FusedGroupedConv2D';

/** activation(scale·(ΣX·F) + offset + residual), without ΣX·F ever being stored. */
export const fusedGroupedConv2d = defineKernel({
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
    // 0 · ∞ of a padded tap gives NaN in the tile: where a sum is not finite, the formula decides.
    const finish = finishWith(epilogue, (yIndex) => productSum(x, filter, geometry, yIndex));
    const y = forwardPass(productTile, x, filter, geometry, finish);
    return floatTensor(backend, [batch, outHeight, outWidth, outChannels], y);
  },
});
