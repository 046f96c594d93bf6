// SPDX-License-Identifier: Apache-2.0
import {AddernetError, adderConv2d, batchNormTraining, CounterRandom, conv2dGeometry} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
  batchNormTrainingReference,
} from '@addernet/core/reference';
import {contextLoss} from '@addernet/kernels-webgl';
import {deviceLoss} from '@addernet/kernels-webgpu';
import type {MathBackendWebGL} from '@tensorflow/tfjs-backend-webgl';
import type {WebGPUBackend} from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {startBackend, type StartRequest} from './backends.js';
import {definePage, step} from './define-page.js';
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

  /** Greatest errors, relative to the greatest value, of what a layer of more than 2²⁰ texels and a batch normalisation of it give, and their gradients. */
  async large(_: null): Promise<Readonly<Record<string, number>>> {
    const xShape = [13, 259, 255, 3];
    const filterShape = [2, 1, 3, 5];
    const geometry = conv2dGeometry({opName: 'limits', xShape, filterShape, strides: 1, pad: 'same'});
    const [x, filter] = [normals(xShape), normals(filterShape)];
    const yShape = [13, 259, 255, 5];
    const dy = normals(yShape);
    const errors: Record<string, number> = {};
    const compare = async (name: string, tensor: tf.Tensor, expected: Float64Array) => {
      const values = await tensor.data();
      tensor.dispose();
      const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // A NaN stays: it is not small.
      errors[name] = expected.reduce((most, value, index) => {
        const error = Math.abs(value - values[index]) / greatest;
        return Number.isNaN(most) || error <= most ? most : error;
      }, 0);
    };
    const images = tf.tensor(x, xShape);
    const weights = tf.tensor(filter, filterShape);
    const y = adderConv2dReference(x, filter, geometry);
    step('forward');
    await compare('forward', adderConv2d(images, weights, 1, 'same'), y);
    step('backward');
    const [dx, dFilter] = tf.grads((a: tf.Tensor, b: tf.Tensor) => adderConv2d(a, b, 1, 'same'))(
      [images, weights],
      tf.tensor(dy, yShape),
    );
    await compare('gradient of x', dx, adderConv2dBackpropInputReference(x, filter, dy, geometry));
    await compare('gradient of filter', dFilter, adderConv2dBackpropFilterReference(x, filter, dy, geometry));
    step('batch normalisation');
    const ones = tf.ones([5]);
    const rows = dy.length / 5;
    const normalized = batchNormTraining(tf.tensor(Float32Array.from(y), yShape), ones, ones);
    const expected = batchNormTrainingReference(
      Float32Array.from(y),
      Array(5).fill(1),
      Array(5).fill(1),
      rows,
      5,
      1e-5,
    );
    await compare('batch normalisation', normalized.y, expected.y);
    await compare('mean', normalized.mean, expected.mean);
    await compare('variance', normalized.variance, expected.variance);
    return errors;
  },

  /** Takes the context away, as a browser does when the GPU is reset. @returns what one who waits for that gets */
  async loseContext(_: null): Promise<Outcome> {
    const loss = outcomeOf(contextLoss);
    const {gl} = (tf.backend() as MathBackendWebGL).getGPGPUContext();
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return loss;
  },

  /** Takes the device away. @returns what one who waits for that gets */
  async loseDevice(_: null): Promise<Outcome> {
    const loss = outcomeOf(deviceLoss);
    (tf.backend() as WebGPUBackend).device.destroy();
    return loss;
  },

  /** A layer whose result takes 4 GiB. */
  tooLarge: (_: null): Promise<Outcome> =>
    outcomeOf(async () => {
      tf.tidy(() => adderConv2d(tf.zeros([1, 64, 64, 1]), tf.zeros([1, 1, 1, 2 ** 18]), 1, 'same'));
      return 0;
    }),
};

const random = new CounterRandom(1, 'limits');

function normals(shape: readonly number[]): Float32Array {
  return Float32Array.from({length: shape.reduce((product, size) => product * size, 1)}, () => random.normal());
}

function inputs(): readonly [Float32Array, Float32Array] {
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

export type DeviceLimitsPage = typeof functions;
definePage(functions);
