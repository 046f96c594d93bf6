// SPDX-License-Identifier: Apache-2.0
import {type KernelsByName, median, type ReplacementTime, timeInRounds, timeRatio} from '@addernet/conformance/bench';
import type {BenchCommand} from '@addernet/conformance/bench/node';
import * as tf from '@tensorflow/tfjs-core';

type Run = () => void;

/** Kernels and gradients that take the place of TF.js's, by what they do: [what, ours, TF.js's]. */
function comparisons(tfjs: KernelsByName): readonly (readonly [string, Run, Run])[] {
  const kernel = (name: string, inputs: tf.NamedTensorMap, attrs: object): readonly [Run, Run] => {
    const original = tfjs.get(name);
    if (original === undefined) throw new Error(`TF.js's wasm backend has no kernel ${name}`);
    const originalName = `TF.js ${name}`;
    if (tf.getKernel(originalName, 'wasm') === undefined) tf.registerKernel({...original, kernelName: originalName});
    return [
      () => void tf.engine().runKernel(name, inputs, {...attrs}),
      () => void tf.engine().runKernel(originalName, inputs, {...attrs}),
    ];
  };
  const rows: (readonly [string, Run, Run])[] = [];
  const product = (m: number, k: number, n: number, transposeA: boolean, transposeB: boolean) => {
    const a = tf.randomNormal(transposeA ? [k, m] : [m, k]);
    const b = tf.randomNormal(transposeB ? [n, k] : [k, n]);
    const what = `[${a.shape.join(', ')}]${transposeA ? 'ᵀ' : ''}·[${b.shape.join(', ')}]${transposeB ? 'ᵀ' : ''}`;
    rows.push([what, ...kernel('BatchMatMul', {a, b}, {transposeA, transposeB})]);
  };
  for (const [batch, inner, units] of [
    [128, 400, 120],
    [32, 8192, 100],
    [4, 10, 10],
  ] as const) {
    product(batch, inner, units, false, false);
    product(batch, units, inner, false, true);
    product(inner, batch, units, true, false);
  }
  for (const [size, channels, filterSize] of [
    [32, 128, 2],
    [28, 6, 2],
    [32, 64, 3],
  ] as const) {
    const input = tf.randomNormal([16, size, size, channels]);
    const attrs = {filterSize, strides: 2, pad: 'same'};
    const dy = tf.randomNormal([16, size / 2, size / 2, channels]);
    const shape = `[${input.shape.join(', ')}], ${filterSize}×${filterSize} /2`;
    rows.push([`max pooling's gradient, ${shape}`, ...kernel('MaxPoolGrad', {input, dy, output: dy}, attrs)]);
    rows.push([`average pooling's gradient, ${shape}`, ...kernel('AvgPoolGrad', {input, dy}, attrs)]);
  }
  for (const [shape, axis] of [
    [
      [32, 32, 32, 16],
      [0, 1, 2],
    ],
    [
      [32, 8, 8, 64],
      [1, 2],
    ],
    [[128, 10], [1]],
  ] as const) {
    const what = `of [${shape.join(', ')}] over ${axis.join(', ')}`;
    const inputs = {x: tf.randomNormal([...shape])};
    rows.push([`mean ${what}`, ...kernel('Mean', inputs, {axis: [...axis], keepDims: false})]);
    rows.push([`sum ${what}`, ...kernel('Sum', inputs, {axis: [...axis], keepDims: false})]);
  }
  const x = tf.randomNormal([32, 32, 32, 16]);
  const dy = tf.randomNormal([32, 32, 32, 16]);
  const range = (low: number, high: number, keepsNaN: boolean): Run => {
    return () => void tf.engine().runKernel('RangeGrad', {dy, x}, {low, high, keepsNaN});
  };
  const relu = (): void => void tf.mul(dy, tf.cast(tf.step(x), 'float32'));
  const clip = (): void => {
    tf.where(tf.logicalAnd(tf.greaterEqual(x, 0), tf.lessEqual(x, 6)), dy, tf.zerosLike(dy));
  };
  rows.push(["ReLU's gradient, [32, 32, 32, 16]", range(2 ** -149, Infinity, true), relu]);
  rows.push(["clipByValue's gradient, [32, 32, 32, 16]", range(0, 6, false), clip]);
  return rows;
}

/** Kernels in the place of TF.js's against those. */
export function benchReplacements(
  command: BenchCommand,
  tfjs: KernelsByName,
  progress: (what: string) => void,
): ReplacementTime[] {
  tf.engine().startScope();
  const times = comparisons(tfjs).map(([what, own, original]) => {
    progress(what);
    const [times, base] = timeInRounds(
      [own, original].map((run) => () => void tf.tidy(run)),
      command,
    );
    const milliseconds = {milliseconds: median(times), baselineMilliseconds: median(base)};
    return {what, ...milliseconds, rounds: times.length, ...timeRatio(times, base)};
  });
  tf.engine().endScope();
  return times;
}
