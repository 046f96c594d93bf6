// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';

/**
 * Puts `around` around every call of every kernel of the current backend.
 *
 * @returns what undoes it
 */
export function wrapKernels(around: <Result>(kernelName: string, call: () => Result) => Result): () => void {
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const originals = kernels.map(({kernelFunc}) => kernelFunc);
  for (const kernel of kernels) {
    const {kernelName, kernelFunc} = kernel;
    kernel.kernelFunc = (params) => around(kernelName, () => kernelFunc(params));
  }
  return () => kernels.forEach((kernel, index) => (kernel.kernelFunc = originals[index]));
}
