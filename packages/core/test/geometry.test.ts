// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {type AddernetError, ArgumentError, conv2dGeometry, type Conv2DGeometryArgs, ShapeError} from '@addernet/core';
import {convCases, geometryOf} from './support.js';

const BASE: Conv2DGeometryArgs = {
  opName: 'adderConv2d',
  xShape: [2, 8, 6, 4],
  filterShape: [3, 3, 4, 5],
  strides: 1,
  pad: 'same',
};

describe('conv2dGeometry', () => {
  it('agrees with TensorFlow.js', () => {
    fc.assert(
      fc.property(convCases({groups: 1}), ({xShape, filterShape, strides, dilations, pad, groups, seed}) => {
        // TF.js uses the filter's height for both axes when pad is a number; PyTorch and we do not.
        fc.pre(typeof pad !== 'number');
        const g = geometryOf({xShape, filterShape, strides, dilations, pad, groups, seed});
        const explicit = typeof pad === 'object' ? pad.map(([before, after]) => [before, after]) : pad;
        const info = tf.backend_util.computeConv2DInfo(
          xShape,
          filterShape,
          strides,
          dilations,
          explicit as 'same' | 'valid' | tf.backend_util.ExplicitPadding,
        );
        expect([g.batch, g.outHeight, g.outWidth, g.outChannels]).toEqual(info.outShape);
        expect({top: g.padTop, bottom: g.padBottom, left: g.padLeft, right: g.padRight}).toEqual({
          top: info.padInfo.top,
          bottom: info.padInfo.bottom,
          left: info.padInfo.left,
          right: info.padInfo.right,
        });
      }),
    );
  });

  it('keeps every window inside the padded image, and leaves no room for one more', () => {
    fc.assert(
      fc.property(convCases(), (example) => {
        const g = geometryOf(example);
        const extent = (g.filterHeight - 1) * g.dilationHeight + 1;
        const padded = g.padTop + g.inHeight + g.padBottom;
        const end = (g.outHeight - 1) * g.strideHeight + extent;
        expect(end).toBeLessThanOrEqual(padded);
        expect(end + g.strideHeight).toBeGreaterThan(padded);
      }),
    );
  });

  it('puts the odd zero of "same" at the bottom and right, as TensorFlow does', () => {
    expect(conv2dGeometry({...BASE, strides: 2})).toMatchObject({
      outHeight: 4,
      outWidth: 3,
      padTop: 0,
      padBottom: 1,
      padLeft: 0,
      padRight: 1,
    });
  });

  it('pads by a number on all four sides, as PyTorch does', () => {
    expect(conv2dGeometry({...BASE, filterShape: [3, 1, 4, 5], strides: 2, pad: 1})).toMatchObject({
      outHeight: 4,
      outWidth: 4,
      padTop: 1,
      padBottom: 1,
      padLeft: 1,
      padRight: 1,
    });
  });

  it.each<[string, Partial<Conv2DGeometryArgs>, new (message: string) => AddernetError, string]>([
    ['stride 0', {strides: 0}, ArgumentError, 'strides is 0; expected an integer of at least 1'],
    ['a fractional stride', {strides: [1, 1.5]}, ArgumentError, 'strides is [1, 1.5]; expected an integer'],
    ['a NaN stride', {strides: NaN}, ArgumentError, 'strides is NaN'],
    ['dilation 0', {dilations: 0}, ArgumentError, 'dilations is 0; expected an integer of at least 1'],
    ['negative padding', {pad: -1}, ArgumentError, "pad is -1; expected 'same', 'valid', a non-negative integer"],
    ['fractional padding', {pad: 0.5}, ArgumentError, 'pad is 0.5'],
    [
      'padding of the batch',
      {
        pad: [
          [1, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      },
      ArgumentError,
      'pad is [[1, 0], [0, 0], [0, 0], [0, 0]]',
    ],
    ['0 groups', {groups: 0}, ArgumentError, 'groups is 0; expected an integer of at least 1'],
    ['other channels', {filterShape: [3, 3, 3, 5]}, ShapeError, 'adderConv2d: filter has inChannels 3; x has 4'],
    [
      'other channels in groups',
      {groups: 2},
      ShapeError,
      'adderConv2d: filter has inChannels 4 in each of 2 groups, 8 in all; x has 4',
    ],
    [
      'output channels that groups do not divide',
      {groups: 2, filterShape: [3, 3, 2, 5]},
      ShapeError,
      'filter has outChannels 5, which 2 groups do not divide; expected a multiple of 2',
    ],
    [
      'a filter larger than the padded image',
      {pad: 'valid', filterShape: [9, 3, 4, 5]},
      ShapeError,
      'filter covers 9 of height (size 9, dilation 1); the padded x has 8 (8 + 0 + 0)',
    ],
    [
      'a dilated filter wider than the padded image',
      {pad: 1, dilations: [1, 4]},
      ShapeError,
      'filter covers 9 of width (size 3, dilation 4); the padded x has 8 (6 + 1 + 1)',
    ],
    ['an image without rows', {xShape: [2, 0, 6, 4]}, ShapeError, 'x has height 0; expected at least 1'],
    ['an empty filter', {filterShape: [3, 3, 4, 0]}, ShapeError, 'every size must be at least 1'],
    ['x of another rank', {xShape: [8, 6, 4]}, ShapeError, 'x has shape [8, 6, 4]; expected rank 4'],
  ])('refuses %s', (_, args, ErrorClass, message) => {
    const attempt = (): unknown => conv2dGeometry({...BASE, ...args});
    expect(attempt).toThrow(ErrorClass);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/^adderConv2d: /);
  });
});
