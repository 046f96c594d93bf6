// SPDX-License-Identifier: Apache-2.0
import {isNaN, type Tensor, tidy, where, zerosLike} from '@tensorflow/tfjs-core';

/**
 * NaN where `values` is NaN, 0 elsewhere. TF.js's sign gives 0 for NaN, and clipByValue on the wasm backend −1; adding this puts the NaN back.
 */
export function nanMask(values: Tensor): Tensor {
  return tidy(() => where(isNaN(values), values, zerosLike(values)));
}
