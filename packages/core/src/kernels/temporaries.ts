// SPDX-License-Identifier: Apache-2.0
import type {TensorInfo} from '@tensorflow/tfjs-core';

/** What frees tensors that kernels make for themselves: any of TF.js's backends. */
export interface TensorDisposer {
  disposeData(dataId: object): unknown;
}

/**
 * For a kernel of several steps: gives what `make` makes of tensors that only it reads, and disposes them on the backend afterwards, also where `make` throws.
 */
export function withTemporaries<Result>(
  backend: TensorDisposer,
  temporaries: readonly TensorInfo[],
  make: () => Result,
): Result {
  try {
    return make();
  } finally {
    for (const {dataId} of temporaries) backend.disposeData(dataId);
  }
}

/**
 * For a kernel of several outputs: gives what `make` makes. If it throws, the tensors that it has handed to `keep` are disposed on the backend, so that a failure at a
 * later output leaves no earlier one behind. `keep` gives back its tensor.
 */
export function disposingOnError<Result>(
  backend: TensorDisposer,
  make: (keep: (tensor: TensorInfo) => TensorInfo) => Result,
): Result {
  const kept: TensorInfo[] = [];
  try {
    return make((tensor) => {
      kept.push(tensor);
      return tensor;
    });
  } catch (error) {
    for (const {dataId} of kept) backend.disposeData(dataId);
    throw error;
  }
}
