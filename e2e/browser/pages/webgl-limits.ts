// SPDX-License-Identifier: Apache-2.0
import {AddernetError, adderConv2d, CounterRandom, conv2dGeometry} from '@addernet/core';
import {adderConv2dReference} from '@addernet/core/reference';
import type {MathBackendWebGL} from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {startBackend, type StartRequest} from './backends.js';
import {definePage} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';

/** What came of a call: its numbers, or its error. */
export type Outcome = {readonly worstError: number} | {readonly code: string; readonly message: string};

const X = [2, 8, 8, 16] as const;
const FILTER = [3, 3, 16, 8] as const;

const functions = {
  async start(request: StartRequest): Promise<Environment> {
    const {name} = await startBackend(request);
    return describeEnvironment(name);
  },

  /** Greatest error of an adder layer against float64, relative to the terms' magnitudes. */
  forward: (_: null): Promise<Outcome> =>
    outcomeOf(async () => {
      const [x, filter] = inputs();
      const y = tf.tidy(() => adderConv2d(tf.tensor4d(x, [...X]), tf.tensor4d(filter, [...FILTER]), 1, 'same'));
      const values = await y.data();
      y.dispose();
      const geometry = conv2dGeometry({opName: 'limits', xShape: X, filterShape: FILTER, strides: 1, pad: 'same'});
      const expected = adderConv2dReference(x, filter, geometry);
      return Math.max(...expected.map((value, index) => Math.abs(value - values[index]) / Math.abs(value)));
    }),

  /** The gradients of the same layer. */
  backward: (_: null): Promise<Outcome> =>
    outcomeOf(async () => {
      const [x, filter] = inputs();
      const gradients = tf.grads((images: tf.Tensor, weights: tf.Tensor) =>
        adderConv2d(images as tf.Tensor4D, weights as tf.Tensor4D, 1, 'same'),
      );
      const tensors = gradients([tf.tensor4d(x, [...X]), tf.tensor4d(filter, [...FILTER])]);
      for (const tensor of tensors) await tensor.data();
      return 0;
    }),

  /** Takes the context away, as a browser does when the GPU is reset. */
  loseContext(_: null): boolean {
    const {gl} = (tf.backend() as MathBackendWebGL).getGPGPUContext();
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return gl.isContextLost();
  },
};

function inputs(): readonly [Float32Array, Float32Array] {
  const random = new CounterRandom(1, 'limits');
  const normals = (shape: readonly number[]) =>
    Float32Array.from({length: shape.reduce((product, size) => product * size, 1)}, () => random.normal());
  return [normals(X), normals(FILTER)];
}

async function outcomeOf(run: () => Promise<number>): Promise<Outcome> {
  try {
    return {worstError: await run()};
  } catch (error) {
    if (error instanceof AddernetError) return {code: error.code, message: error.message};
    throw error;
  }
}

export type WebglLimitsPage = typeof functions;
definePage(functions);
