// SPDX-License-Identifier: Apache-2.0
import type {KernelConfig} from '@tensorflow/tfjs-core';
import {runSingle} from '../run.js';
import {defineComposed} from './define-composed.js';
import {epilogue} from './epilogue.js';

/** activation(scale·(ΣX·F) + offset + residual) for any backend: the backend's GroupedConv2D, and TF.js's ops on its result. */
export function composedFusedGroupedConv2D(backendName: string): KernelConfig {
  return defineComposed('FusedGroupedConv2D', backendName, (tensor, inputs, {geometry, activation}) => {
    const sums = runSingle('GroupedConv2D', {x: tensor(inputs.x), filter: tensor(inputs.filter)}, {geometry});
    return epilogue(sums, tensor, inputs, activation);
  });
}
