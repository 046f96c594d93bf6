// SPDX-License-Identifier: Apache-2.0
import '@addernet/kernels-cpu/register';
import {CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {expect} from 'vitest';

export async function useCpu(): Promise<void> {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  await tf.ready();
}

/** Combined absolute and relative tolerance; NaN matches NaN only, an infinity its own sign only. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: {absolute: number; relative: number} = {absolute: 1e-5, relative: 1e-5},
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; ++i) {
    const a = actual[i] ?? NaN;
    const e = expected[i] ?? NaN;
    const close = Object.is(a, e) || Math.abs(a - e) <= tolerance.absolute + tolerance.relative * Math.abs(e);
    if (!close) {
      expect.fail(`element ${i} of ${expected.length}: got ${a}, expected ${e} (difference ${a - e})`);
    }
  }
}

export function normals(count: number, ...stream: (string | number)[]): Float32Array {
  const random = new CounterRandom(7, ...stream);
  return Float32Array.from({length: count}, () => random.normal());
}

export function normalTensor<R extends tf.Rank>(shape: number[], ...stream: (string | number)[]): tf.Tensor<R> {
  return tf.tensor<R>(normals(tf.util.sizeFromShape(shape), ...stream), shape as tf.ShapeMap[R]);
}

/** A model of these layers in a row. */
export function chain(inputShape: number[], layers: tfl.layers.Layer[]): tfl.LayersModel {
  const input = tfl.input({shape: inputShape});
  let x = input;
  for (const layer of layers) {
    x = layer.apply(x) as tfl.SymbolicTensor;
  }
  return tfl.model({inputs: input, outputs: x});
}

export function variables(model: tfl.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

export function variableNamed(model: tfl.LayersModel, name: string): tf.Variable {
  const weight = model.weights.find(({originalName}) => originalName === name);
  if (weight === undefined) {
    throw new Error(`no weight ${name} among ${model.weights.map(({originalName}) => originalName).join(', ')}`);
  }
  return weight.read() as tf.Variable;
}

export function weightBits(model: tfl.LayersModel): Record<string, number[]> {
  return Object.fromEntries(
    model.weights.map((weight) => {
      const values = weight.read().dataSync<'float32'>();
      return [weight.originalName, [...new Uint32Array(Float32Array.from(values).buffer)]];
    }),
  );
}
