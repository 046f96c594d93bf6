// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@addernet/kernels-cpu/register';
import type * as tfl from '@tensorflow/tfjs-layers';
import {adderConv2d, adderDense, adderOperator, convOperator} from '@addernet/nn';
import type {Operator} from '@addernet/plugin';
import {vi} from 'vitest';

/** vgg-small has 4.7 M weights: seconds a test where other work shares the cores. */
vi.setConfig({testTimeout: 120_000});

export async function startCpu(): Promise<void> {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  await tf.ready();
}

/** An operator that the zoo does not know: an adder with sign gradients. */
export const signAdder: Operator = {
  ...adderOperator,
  name: 'sign-adder',
  description: 'Adder with sign gradients',
  conv2d: (request) => adderConv2d({...request, filterGradient: 'sign', inputGradient: 'sign'}),
  dense: (request) => adderDense({...request, filterGradient: 'sign', inputGradient: 'sign'}),
};

export const builtInOperators: readonly Operator[] = [convOperator, adderOperator];

/** Deterministic values of about unit variance. */
export function images(batch: number, [height, width, channels]: readonly [number, number, number]): tf.Tensor4D {
  return tf.randomNormal<tf.Rank.R4>([batch, height, width, channels], 0, 1, 'float32', 42);
}

export function logitsOf(model: tfl.LayersModel, x: tf.Tensor): Float32Array {
  return tf.tidy(() => {
    const y = model.predict(x);
    if (Array.isArray(y)) {
      throw new Error('the model has several outputs');
    }
    return Float32Array.from(y.dataSync());
  });
}

/** Digests of the weights' bytes, by TF.js's file name for them, which no other model in the process changes. */
export function weightDigests(model: tfl.LayersModel): Map<string, string> {
  return new Map(
    model.layers.flatMap((layer) =>
      layer.weights.map((weight): [string, string] => [weight.originalName, digest(weight.read().dataSync())]),
    ),
  );
}

/** Equal exactly where all bits are; comparing millions of numbers one by one would take minutes. */
function digest(values: tf.TypedArray): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}
