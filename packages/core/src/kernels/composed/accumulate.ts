// SPDX-License-Identifier: Apache-2.0
import {dispose, type Tensor, tidy} from '@tensorflow/tfjs-core';

/** Replaces a running total by what `step` makes of it, and frees the old one and all that the step allocated. */
export function accumulate<T extends Tensor | Tensor[]>(total: T, step: (total: T) => T): T {
  const next = tidy(() => step(total));
  dispose(total);
  return next;
}
