// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {expectClose, normals, runKernelOn, size} from './kernel-runner.js';

describe('gradients of pooling', () => {
  const pools = fc
    .record({
      batch: fc.integer({min: 0, max: 3}),
      height: fc.integer({min: 1, max: 12}),
      width: fc.integer({min: 1, max: 12}),
      channels: fc.integer({min: 1, max: 11}),
      filterHeight: fc.integer({min: 1, max: 4}),
      filterWidth: fc.integer({min: 1, max: 4}),
      strides: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 1, max: 3})),
      pad: fc.constantFrom('same' as const, 'valid' as const, 0, 1),
      mode: fc.constantFrom(undefined, 'floor' as const, 'ceil' as const, 'round' as const),
      offset: fc.constantFrom(-5, 0, 5),
      seed: fc.nat(),
    })
    .filter(({height, width, filterHeight, filterWidth, strides, pad, mode}) => {
      if (filterHeight > height || filterWidth > width) return false;
      if (typeof pad === 'string') return mode === undefined;
      // TF.js takes the height's for both lengths where it is given a number.
      return pad < filterHeight && filterHeight === filterWidth && strides[0] === strides[1];
    })
    .map(({batch, height, width, channels, filterHeight, filterWidth, strides, pad, mode, offset, seed}) => {
      const shape: [number, number, number, number] = [batch, height, width, channels];
      const info = tf.backend_util.computePool2DInfo(shape, [filterHeight, filterWidth], strides, 1, pad, mode);
      // Few different values, so that there are equal ones.
      const x = normals(size(shape), 'x', seed).map((value) => Math.round(2 * value) + offset);
      const dy = normals(size(info.outShape), 'dy', seed);
      const run = (kernelName: string) =>
        runKernelOn(
          kernelName,
          {
            dy: {values: dy, shape: info.outShape},
            input: {values: x, shape},
            output: {values: dy, shape: info.outShape},
          },
          {filterSize: [filterHeight, filterWidth], strides, pad, dimRoundingMode: mode},
        )[0];
      return {x, dy, info, run};
    });

  /** Calls `visit` for every element of y with its index and those of the elements of x in its window. */
  function visitWindows(info: tf.backend_util.Conv2DInfo, visit: (y: number, window: number[]) => void): void {
    const {batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo} = info;
    let y = 0;
    for (let image = 0; image < batchSize; image++) {
      for (let row = 0; row < outHeight; row++) {
        for (let column = 0; column < outWidth; column++) {
          for (let channel = 0; channel < inChannels; channel++) {
            const window = [];
            for (let i = 0; i < info.filterHeight; i++) {
              for (let j = 0; j < info.filterWidth; j++) {
                const inRow = row * strideHeight + i - padInfo.top;
                const inColumn = column * strideWidth + j - padInfo.left;
                if (inRow < 0 || inRow >= inHeight || inColumn < 0 || inColumn >= inWidth) continue;
                window.push(((image * inHeight + inRow) * inWidth + inColumn) * inChannels + channel);
              }
            }
            visit(y++, window);
          }
        }
      }
    }
  }

  it('MaxPoolGrad gives dY to the first largest element of every window, of any sign', () => {
    fc.assert(
      fc.property(pools, ({x, dy, info, run}) => {
        const expected = new Float64Array(x.length);
        visitWindows(info, (y, window) => {
          const largest = window.reduce((place, index) => (x[index] > x[place] ? index : place), window[0] ?? -1);
          if (largest >= 0) expected[largest] += dy[y];
        });
        expectClose(run('MaxPoolGrad'), expected, {relative: 1e-6, absolute: 1e-6});
      }),
    );
  });

  it('AvgPoolGrad divides dY by the number of elements in the window', () => {
    fc.assert(
      fc.property(pools, ({x, dy, info, run}) => {
        const expected = new Float64Array(x.length);
        visitWindows(info, (y, window) => {
          for (const index of window) expected[index] += dy[y] / window.length;
        });
        expectClose(run('AvgPoolGrad'), expected, {relative: 1e-6, absolute: 1e-6});
      }),
    );
  });

  it('AvgPoolGrad is the gradient of TF.js’s average pooling, which TF.js’s own is not at padded borders', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const dy = {values: Float32Array.of(4, 6, 8, 10), shape: [1, 2, 2, 1]};
    const attrs = {filterSize: 2, strides: 1, pad: 'same'};
    const [dx] = runKernelOn('AvgPoolGrad', {dy, input: {values: x.dataSync() as Float32Array, shape: x.shape}}, attrs);
    // Pooling is linear: Σdx·x = Σdy·pool(x).
    const pooled = tf.avgPool(x, 2, 1, 'same').dataSync();
    const sum = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((total, value, index) => total + value * b[index], 0);
    expect(sum(dx, x.dataSync())).toBeCloseTo(sum(dy.values, pooled), 5);
    const original = tf.engine().runKernel('AvgPoolGrad', {dy: tf.tensor(dy.values, dy.shape), input: x}, attrs);
    expect(sum((original as tf.Tensor).dataSync(), x.dataSync())).not.toBeCloseTo(sum(dy.values, pooled), 1);
  });

  it('MaxPoolGrad passes over NaN, and gives nothing where there is nothing larger than −∞', () => {
    const run = (x: readonly number[]) => [
      ...runKernelOn(
        'MaxPoolGrad',
        {
          dy: {values: Float32Array.of(3), shape: [1, 1, 1, 1]},
          input: {values: Float32Array.from(x), shape: [1, 2, 2, 1]},
          output: {values: Float32Array.of(0), shape: [1, 1, 1, 1]},
        },
        {filterSize: 2, strides: 2, pad: 'valid'},
      )[0],
    ];
    expect(run([NaN, 1, 2, NaN])).toEqual([0, 0, 3, 0]);
    expect(run([-Infinity, -Infinity, -Infinity, -Infinity])).toEqual([0, 0, 0, 0]);
    expect(run([1, Infinity, NaN, Infinity])).toEqual([0, 3, 0, 0]);
  });
});
