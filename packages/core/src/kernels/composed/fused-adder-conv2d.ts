// SPDX-License-Identifier: Apache-2.0
import {engine, type KernelConfig, type Tensor4D} from '@tensorflow/tfjs-core';
import {defineComposed} from './define-composed.js';
import {epilogue} from './epilogue.js';

/**
 * activation(scale·(−Σ|X − F|) + offset + residual) for any backend: the backend's AdderConv2D, and TF.js's ops on its result.
 *
 * @param ensureSums gives the backend that kernel where it has none
 */
export function composedFusedAdderConv2D(backendName: string, ensureSums: () => void): KernelConfig {
  return defineComposed('FusedAdderConv2D', backendName, (tensor, inputs, {geometry, activation}) => {
    ensureSums();
    const sums: Tensor4D = engine().runKernel(
      'AdderConv2D',
      {x: tensor(inputs.x), filter: tensor(inputs.filter)},
      {geometry},
    );
    return epilogue(sums, tensor, inputs, activation);
  });
}
