// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import {Identity, type KernelConfig} from '@tensorflow/tfjs-core';
import {BACKEND_NAME} from './backend.js';

/** What the kernel uses of TF.js's `BackendWasm`: values that several tensors share are freed with the last of them. */
interface ReferenceCounts {
  incRef(dataId: object): void;
}

/**
 * TF.js's Identity for the wasm backend copies all values, where the other backends share them. It runs behind every `clone`, and so for every tensor
 * that a gradient keeps: 6–8 % of a ResNet-20 training step. This one shares, as the backend's own Reshape does; no kernel writes to its
 * inputs.
 */
export const identity: KernelConfig = {
  kernelName: Identity,
  backendName: BACKEND_NAME,
  kernelFunc({inputs, backend}) {
    const {x} = inputs;
    if (x === undefined) throw new KernelCallError(`${Identity}: input 'x' is missing`);
    if (!countsReferences(backend)) {
      throw new KernelCallError(`${Identity}: this version of @tensorflow/tfjs-backend-wasm has no incRef`);
    }
    backend.incRef(x.dataId);
    return {dataId: x.dataId, shape: x.shape, dtype: x.dtype};
  },
};

function countsReferences(backend: unknown): backend is ReferenceCounts {
  return typeof backend === 'object' && backend !== null && 'incRef' in backend && typeof backend.incRef === 'function';
}
