// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, floatTensor, floatValues, isBackend} from './backend.js';

const kernelName = 'AdderConv2D';

/**
 * Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2), by the definition: one loop per index. x [batch, inHeight, inWidth, inChannels],
 * filter [filterHeight, filterWidth, inChannels/groups, outChannels], y [batch, outHeight, outWidth, outChannels].
 */
export const adderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    const x = floatValues(kernelName, backend, inputs.x);
    const filter = floatValues(kernelName, backend, inputs.filter);
    const {batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, groups} = geometry;
    const {filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth} = geometry;
    const inPerGroup = inChannels / groups;
    const outPerGroup = outChannels / groups;
    const y = new Float32Array(batch * outHeight * outWidth * outChannels);
    let output = 0;
    for (let image = 0; image < batch; image++) {
      for (let outRow = 0; outRow < outHeight; outRow++) {
        for (let outColumn = 0; outColumn < outWidth; outColumn++) {
          for (let outChannel = 0; outChannel < outChannels; outChannel++) {
            const firstChannel = Math.floor(outChannel / outPerGroup) * inPerGroup;
            // In float64, rounded once at the end.
            let distance = 0;
            for (let filterRow = 0; filterRow < filterHeight; filterRow++) {
              const row = outRow * strideHeight + filterRow * dilationHeight - geometry.padTop;
              for (let filterColumn = 0; filterColumn < filterWidth; filterColumn++) {
                const column = outColumn * strideWidth + filterColumn * dilationWidth - geometry.padLeft;
                const isPadding = row < 0 || row >= inHeight || column < 0 || column >= inWidth;
                const pixel = ((image * inHeight + row) * inWidth + column) * inChannels + firstChannel;
                const tap = (filterRow * filterWidth + filterColumn) * inPerGroup * outChannels + outChannel;
                for (let channel = 0; channel < inPerGroup; channel++) {
                  // A zero of the padding contributes |0 − f| to the sum, so padded taps may not be skipped.
                  const value = isPadding ? 0 : x[pixel + channel];
                  distance += Math.abs(value - filter[tap + channel * outChannels]);
                }
              }
            }
            y[output++] = -distance;
          }
        }
      }
    }
    return floatTensor(backend, [batch, outHeight, outWidth, outChannels], y);
  },
});
