// SPDX-License-Identifier: Apache-2.0
import type {KernelConfig} from '@tensorflow/tfjs-core';
import {runSingle} from '../run.js';
import {defineComposed} from './define-composed.js';
import {epilogue} from './epilogue.js';

/** activation(scale·(−Σ|X − F|) + offset + residual) for any backend: the backend's AdderConv2D, and TF.js's ops on its result. */
export function composedFusedAdderConv2D(backendName: string): KernelConfig {
  return defineComposed('FusedAdderConv2D', backendName, (tensor, inputs, {geometry, activation}) => {
    const sums = runSingle('AdderConv2D', {x: tensor(inputs.x), filter: tensor(inputs.filter)}, {geometry});
    return epilogue(sums, tensor, inputs, activation);
  });
}
