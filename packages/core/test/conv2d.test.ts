// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {conv2d} from '@addernet/core';
import {conv2dBackpropFilterReference, conv2dBackpropInputReference, conv2dReference} from '@addernet/core/reference';
import {convCases, expectClose, tensorsOf} from './support.js';

const TOLERANCE = 1e-4;

describe.each([
  {backend: 'cpu', runs: 150},
  {backend: 'wasm', runs: 80},
])('conv2d on $backend', ({backend, runs}) => {
  beforeAll(async () => {
    tf.enableProdMode();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend(backend);
  });

  it.each([
    {name: 'groups and dilations', limits: {}},
    {name: 'neither', limits: {groups: 1, dilation: 1}},
  ])('equals the float64 formulas, forward and under tf.grads, on random cases with $name', ({limits}) => {
    fc.assert(
      fc.property(convCases(limits), (example) => {
        const before = tf.memory().numTensors;
        tf.tidy(() => {
          const {g, values, x, filter, dy} = tensorsOf(example);
          const {strides, pad, dilations, groups} = example;
          const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
            conv2d(images as tf.Tensor4D, weights as tf.Tensor4D, strides, pad, {dilations, groups});
          const y = op(x, filter);
          expect(y.shape).toEqual(dy.shape);
          expectClose(y.dataSync(), conv2dReference(values.x, values.filter, g), TOLERANCE);
          const [dx, dFilter] = tf.grads(op)([x, filter], dy);
          expectClose(dx.dataSync(), conv2dBackpropInputReference(values.filter, values.dy, g), TOLERANCE);
          expectClose(dFilter.dataSync(), conv2dBackpropFilterReference(values.x, values.dy, g), TOLERANCE);
        });
        expect(tf.memory().numTensors).toBe(before);
      }),
      {numRuns: runs},
    );
  });
});
