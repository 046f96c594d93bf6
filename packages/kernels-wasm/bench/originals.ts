// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';

/** TF.js's kernels that this package replaces, by names under which they stay callable. */
const NAMES = [
  'BatchMatMul',
  'Conv2D',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNative',
  'MaxPoolGrad',
  'AvgPoolGrad',
] as const;

export type OriginalName = (typeof NAMES)[number];

/** The name of TF.js's own kernel after `keepOriginals`. */
export function originalName(name: OriginalName): string {
  return `TF.js ${name}`;
}

/** Keeps TF.js's kernels for comparison; to be called before they are replaced. */
export function keepOriginals(): void {
  for (const name of NAMES) {
    tf.registerKernel({...tf.getKernel(name, tf.getBackend()), kernelName: originalName(name)});
  }
}
