// SPDX-License-Identifier: Apache-2.0
import {adderConv2d} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';

export function operands(batch = 6): {x: tf.Tensor4D; filter: tf.Tensor4D} {
  const values = (length: number) => new Float32Array(length).map((_, index) => Math.sin(index * index));
  return {
    x: tf.tensor4d(values(batch * 9 * 9 * 5), [batch, 9, 9, 5]),
    filter: tf.tensor4d(values(9 * 5 * 11), [3, 3, 5, 11]),
  };
}

export function convolve({x, filter}: ReturnType<typeof operands>): Float32Array {
  const y = adderConv2d(x, filter, 1, 'same');
  const values = y.dataSync() as Float32Array;
  y.dispose();
  return values;
}
