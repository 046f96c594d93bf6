// SPDX-License-Identifier: Apache-2.0
import {engine, type KernelConfig, type Tensor4D} from '@tensorflow/tfjs-core';
import {defineComposed} from './define-composed.js';
import {epilogue} from './epilogue.js';

/**
 * activation(scale·(ΣX·F) + offset + residual) for any backend: the backend's GroupedConv2D, and TF.js's ops on its result.
 *
 * @param ensureSums gives the backend that kernel where it has none
 */
export function composedFusedGroupedConv2D(backendName: string, ensureSums: () => void): KernelConfig {
  return defineComposed('FusedGroupedConv2D', backendName, (tensor, inputs, {geometry, activation}) => {
    ensureSums();
    const sums: Tensor4D = engine().runKernel(
      'GroupedConv2D',
      {x: tensor(inputs.x), filter: tensor(inputs.filter)},
      {geometry},
    );
    return epilogue(sums, tensor, inputs, activation);
  });
}
