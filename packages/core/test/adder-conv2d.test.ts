// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {adderConv2d, FILTER_GRADIENTS, INPUT_GRADIENTS} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
} from '@addernet/core/reference';
import {convCases, expectClose, tensorsOf} from './support.js';

/** Rounding of float32 sums of at most some hundred terms of size ≤ 8. */
const TOLERANCE = 1e-4;

describe.each([
  {backend: 'cpu', runs: 150},
  {backend: 'wasm', runs: 80},
])('adderConv2d on $backend', ({backend, runs}) => {
  beforeAll(async () => {
    tf.enableProdMode();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend(backend);
  });

  it('equals the float64 formulas, forward and under tf.grads, on random cases', () => {
    fc.assert(
      fc.property(
        convCases(),
        fc.constantFrom(...FILTER_GRADIENTS),
        fc.constantFrom(...INPUT_GRADIENTS),
        (example, filterGradient, inputGradient) => {
          const before = tf.memory().numTensors;
          tf.tidy(() => {
            const {g, values, x, filter, dy} = tensorsOf(example);
            const {strides, pad, dilations, groups} = example;
            const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
              adderConv2d(images as tf.Tensor4D, weights as tf.Tensor4D, strides, pad, {
                dilations,
                groups,
                filterGradient,
                inputGradient,
              });
            const y = op(x, filter);
            expect(y.shape).toEqual(dy.shape);
            expectClose(y.dataSync(), adderConv2dReference(values.x, values.filter, g), TOLERANCE);
            const [dx, dFilter] = tf.grads((images, weights) => op(images, weights))([x, filter], dy);
            expect(dx.shape).toEqual(x.shape);
            expect(dFilter.shape).toEqual(filter.shape);
            expectClose(
              dx.dataSync(),
              adderConv2dBackpropInputReference(values.x, values.filter, values.dy, g, inputGradient),
              TOLERANCE,
            );
            expectClose(
              dFilter.dataSync(),
              adderConv2dBackpropFilterReference(values.x, values.filter, values.dy, g, filterGradient),
              TOLERANCE,
            );
          });
          expect(tf.memory().numTensors).toBe(before);
        },
      ),
      {numRuns: runs},
    );
  });
});
