// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {CounterRandom, type Conv2DGeometry} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {expect} from 'vitest';
import {kernels} from '../src/index.js';

tf.enableProdMode();
await tf.setBackend('cpu');

interface FlatTensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Runs one of this package's kernels by name, on flat arrays, without TF.js's registry. */
export function runKernel(
  kernelName: string,
  inputs: Readonly<Record<string, FlatTensor>>,
  attrs: object,
): Float32Array[] {
  const kernel = kernels.find((candidate) => candidate.kernelName === kernelName);
  if (kernel === undefined) throw new Error(`no kernel ${kernelName}`);
  const tensors = Object.entries(inputs).map(
    ([name, {values, shape}]) => [name, tf.tensor(values, [...shape])] as const,
  );
  const result = kernel.kernelFunc({
    inputs: Object.fromEntries(tensors),
    attrs: {...attrs},
    backend: tf.backend(),
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs.map(({dataId}) => Float32Array.from(tf.backend().readSync(dataId) as Float32Array));
}

/** Seeded normal numbers in float32. */
export function normals(length: number, ...stream: (number | string)[]): Float32Array {
  const random = new CounterRandom(20, ...stream);
  return Float32Array.from({length}, () => random.normal());
}

export function shapes(g: Conv2DGeometry): {x: number[]; filter: number[]; y: number[]} {
  return {
    x: [g.batch, g.inHeight, g.inWidth, g.inChannels],
    filter: [g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels],
    y: [g.batch, g.outHeight, g.outWidth, g.outChannels],
  };
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The kernels sum in float64, so all that may differ from the float64 reference is the last rounding to float32, and cancellation at the
 * level of float64. NaN and infinities must be the same.
 */
export function expectRounded(actual: Float32Array, expected: Float64Array, magnitude: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const rounded = Math.fround(expected[i]);
    if (Object.is(actual[i], rounded) || actual[i] === rounded) continue;
    const allowed = 2 ** -23 * Math.abs(rounded) + 1e-9 * magnitude;
    if (!(Math.abs(actual[i] - rounded) <= allowed)) {
      expect.fail(`element ${i} of ${expected.length}: got ${actual[i]}, expected ${rounded} ± ${allowed}`);
    }
  }
}
