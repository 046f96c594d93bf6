// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import {CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {expect} from 'vitest';
import {additions, kernels, replacements} from '../src/index.js';

tf.enableProdMode();
await tf.setBackend('wasm');

export interface FlatTensor {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Runs one of this package's kernels by name on flat arrays, without TF.js's registry. */
export function runKernelOn(
  kernelName: string,
  inputs: Readonly<Record<string, FlatTensor>>,
  attrs: object,
  backend: object = tf.backend(),
): Float32Array[] {
  const kernel = [...kernels, ...additions, ...replacements].find((candidate) => candidate.kernelName === kernelName);
  if (kernel === undefined) throw new Error(`no kernel ${kernelName}`);
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, {values, shape}]) => [name, tf.tensor(values, [...shape])]),
  );
  const result = kernel.kernelFunc({inputs: tensors, attrs: {...attrs}, backend});
  const outputs = Array.isArray(result) ? result : [result];
  const values = outputs.map(({dataId}) => Float32Array.from(tf.backend().readSync(dataId) as Float32Array));
  for (const {dataId} of outputs) tf.backend().disposeData(dataId);
  tf.dispose(tensors);
  return values;
}

/** The number of elements of a tensor of this shape. */
export const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** Seeded normal numbers in float32. */
export function normals(length: number, ...stream: (number | string)[]): Float32Array {
  const random = new CounterRandom(7, ...stream);
  return Float32Array.from({length}, () => random.normal());
}

/** Every element within relative·|expected| + absolute of the expected one. */
export function expectClose(
  actual: Float32Array,
  expected: ArrayLike<number>,
  {relative, absolute}: {readonly relative: number; readonly absolute: number},
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const allowed = relative * Math.abs(expected[i]) + absolute;
    if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
      expect.fail(`element ${i} of ${actual.length}: got ${actual[i]}, expected ${expected[i]} ± ${allowed}`);
    }
  }
}
