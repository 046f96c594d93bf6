// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {conv2d, ShapeError} from '@addernet/core';
import {conv2dBackpropFilterReference, conv2dBackpropInputReference, conv2dReference} from '@addernet/core/reference';
import {type ConvCase, convCases, expectClose, PLAIN_CASE, randomValues, tensorsOf} from './support.js';

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
            conv2d(images, weights, strides, pad, {dilations, groups});
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

  it('equals tf.conv2d and its gradients', async () => {
    tf.tidy(() => {
      const {x, filter, dy} = tensorsOf({...PLAIN_CASE, strides: [2, 1]});
      expectClose(conv2d(x, filter, [2, 1], 'same').dataSync(), tf.conv2d(x, filter, [2, 1], 'same').dataSync(), 1e-6);
      const dx = tf.grad((v) => conv2d(v, filter, [2, 1], 'same'))(x, dy);
      const attrs = {strides: [2, 1], pad: 'same', dataFormat: 'NHWC', inputShape: x.shape};
      const expected: tf.Tensor = tf.engine().runKernel('Conv2DBackpropInput', {dy, filter}, attrs);
      expectClose(dx.dataSync(), expected.dataSync(), 1e-6);
    });
  });

  it('equals the float64 formulas when the work is divided into several parts', () => {
    const example: ConvCase = {
      ...PLAIN_CASE,
      xShape: [3, 40, 40, 16],
      filterShape: [3, 3, 8, 4],
      groups: 2,
      dilations: [2, 1],
    };
    tf.tidy(() => {
      const {g, values, x, filter, dy} = tensorsOf(example);
      const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
        conv2d(images, weights, 1, 'same', {groups: 2, dilations: [2, 1]});
      const [dx, dFilter] = tf.grads(op)([x, filter], dy);
      expectClose(dx.dataSync(), conv2dBackpropInputReference(values.filter, values.dy, g), TOLERANCE);
      const terms = Math.sqrt(g.batch * g.outHeight * g.outWidth);
      expectClose(dFilter.dataSync(), conv2dBackpropFilterReference(values.x, values.dy, g), 1e-5, 8 * terms);
    });
  });

  it('has second-order gradients', () => {
    tf.tidy(() => {
      const {x, filter, dy} = tensorsOf({...PLAIN_CASE, strides: [2, 1]});
      const random = randomValues(x.size, 9, 'direction');
      const direction = tf.tensor4d(random, x.shape as [number, number, number, number]);
      // dx is linear in the filter: its gradient along a direction is the convolution's filter gradient with that direction for x.
      const dx = (weights: tf.Tensor): tf.Tensor => tf.grad((v) => conv2d(v, weights, [2, 1], 'same'))(x, dy);
      const second = tf.grad(dx)(filter, direction);
      const expected = tf.grad((v) => conv2d(direction, v, [2, 1], 'same'))(filter, dy);
      expectClose(second.dataSync(), expected.dataSync(), 1e-5);
      const dFilter = (v: tf.Tensor): tf.Tensor => tf.grad((weights) => conv2d(v, weights, [2, 1], 'same'))(filter, dy);
      const mixed = tf.grad(dFilter)(x, filter);
      const expectedMixed = tf.grad((v) => conv2d(v, filter, [2, 1], 'same'))(x, dy);
      expectClose(mixed.dataSync(), expectedMixed.dataSync(), 1e-5);
    });
  });

  it.each([NaN, Infinity])('carries %s of x to the outputs that see it, and no further', (special) => {
    tf.tidy(() => {
      const {g, values, filter, dy} = tensorsOf({
        ...PLAIN_CASE,
        groups: 2,
        filterShape: [3, 3, 1, 2],
        dilations: [2, 2],
      });
      const x = values.x.slice();
      x[21] = special;
      const op = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
        conv2d(images, weights, 1, 'same', {groups: 2, dilations: 2});
      const images = tf.tensor4d(x, PLAIN_CASE.xShape);
      expectClose(op(images, filter).dataSync(), conv2dReference(x, values.filter, g), TOLERANCE);
      const dFilter = tf.grad((weights) => op(images, weights))(filter, dy);
      expectClose(dFilter.dataSync(), conv2dBackpropFilterReference(x, values.dy, g), TOLERANCE);
    });
  });
});

describe('conv2d', () => {
  it('names itself in errors', () => {
    const attempt = (): unknown => conv2d(tf.zeros([1, 4, 4, 4]), tf.zeros([3, 3, 3, 2]), 1, 'same');
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow('conv2d: filter has inChannels 3; x has 4');
  });

  it('takes an image without batch', () => {
    tf.tidy(() => {
      const {x, filter} = tensorsOf({...PLAIN_CASE, xShape: [1, 5, 5, 2]});
      const y = conv2d(tf.reshape(x, [5, 5, 2]), filter, 1, 1);
      expect(y.shape).toEqual([5, 5, 2]);
      expect(y.dataSync()).toEqual(conv2d(x, filter, 1, 1).dataSync());
    });
  });
});
