// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel, KernelCallError, registerKernels} from '@addernet/core';
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';

/** Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2), loop by loop. Arrays are flat, channels last; a tap outside x meets a zero. */
function negatedDistances(x: Float32Array, filter: Float32Array, g: Conv2DGeometry): Float32Array {
  const y = new Float32Array(g.batch * g.outHeight * g.outWidth * g.outChannels);
  const inChannels = g.inChannels / g.groups;
  let at = 0;
  for (let image = 0; image < g.batch; image++)
    for (let outRow = 0; outRow < g.outHeight; outRow++)
      for (let outColumn = 0; outColumn < g.outWidth; outColumn++)
        for (let t = 0; t < g.outChannels; t++) {
          const firstChannel = Math.floor(t / (g.outChannels / g.groups)) * inChannels;
          let sum = 0;
          for (let i = 0; i < g.filterHeight; i++)
            for (let j = 0; j < g.filterWidth; j++) {
              const row = outRow * g.strideHeight - g.padTop + i * g.dilationHeight;
              const column = outColumn * g.strideWidth - g.padLeft + j * g.dilationWidth;
              const inside = row >= 0 && row < g.inHeight && column >= 0 && column < g.inWidth;
              const pixel = ((image * g.inHeight + row) * g.inWidth + column) * g.inChannels + firstChannel;
              for (let k = 0; k < inChannels; k++) {
                const f = filter[((i * g.filterWidth + j) * inChannels + k) * g.outChannels + t] ?? NaN;
                sum += Math.abs((inside ? (x[pixel + k] ?? NaN) : 0) - f);
              }
            }
          y[at++] = -sum;
        }
  return y;
}

/** A tensor's values, where they lie. */
function values(backend: MathBackendCPU, {dataId, dtype}: TensorInfo): Float32Array {
  const found = backend.data.get(dataId).values;
  if (found instanceof Float32Array) return found;
  throw new KernelCallError(`AdderConv2D: a tensor is ${dtype}; expected float32`);
}

/** The adder's forward pass on the backend `cpu`. Inputs, attributes and what `compute` answers are typed by the kernel's name. */
export const directAdderConv2d: KernelConfig = defineKernel({
  kernelName: 'AdderConv2D',
  backendName: 'cpu',
  isBackend: (backend) => backend instanceof MathBackendCPU,
  compute({inputs, attrs: {geometry}, backend}) {
    const y = negatedDistances(values(backend, inputs.x), values(backend, inputs.filter), geometry);
    const shape = [geometry.batch, geometry.outHeight, geometry.outWidth, geometry.outChannels];
    return backend.makeTensorInfo(shape, 'float32', y);
  },
});

export const kernels: readonly KernelConfig[] = [directAdderConv2d];

/** Registers them; where another package's kernel is already there, only with `override`. */
export const register = (options?: {readonly override?: boolean}): void => registerKernels(kernels, options);
