// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry, FILTER_GRADIENTS, type Padding} from '@addernet/core';
import {adderConv2dBackpropFilterReference, conv2dBackpropFilterReference} from '@addernet/core/reference';
import {describe, expect, it} from 'vitest';
import {expectClose, normals, runKernelOn} from './kernel-runner.js';

interface Layer {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides?: number;
  readonly pad?: Padding;
  readonly dilations?: number;
  readonly groups?: number;
}

/** Output pixels are taken in parts of 128 to 256, and small images together: around those limits lie the cases. */
const LAYERS: readonly (readonly [string, Layer])[] = [
  ['an image of several parts', {x: [1, 40, 40, 3], filter: [3, 3, 3, 8]}],
  ['blocks of images, the last not full', {x: [6, 9, 9, 4], filter: [3, 3, 4, 9]}],
  ['one pixel an image, more images than a part', {x: [300, 1, 1, 5], filter: [1, 1, 5, 3]}],
  ['many channels, and thus short parts', {x: [2, 14, 14, 96], filter: [1, 1, 96, 17]}],
  ['no padding: x in place', {x: [3, 21, 18, 6], filter: [5, 3, 6, 8], pad: 'valid'}],
  ['stride 2 and dilation 2', {x: [2, 33, 31, 5], filter: [3, 3, 5, 12], strides: 2, dilations: 2}],
  ['groups of 3 channels to 5', {x: [2, 20, 20, 6], filter: [3, 3, 3, 10], groups: 2}],
  ['depthwise', {x: [2, 20, 20, 7], filter: [3, 3, 1, 7], groups: 7}],
];

function prepare({x, filter, strides = 1, pad = 'same', dilations = 1, groups = 1}: Layer) {
  const geometry = conv2dGeometry({
    opName: 'test',
    xShape: [...x],
    filterShape: [...filter],
    strides,
    pad,
    dilations,
    groups,
  });
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const dyShape = [batch, outHeight, outWidth, outChannels];
  const values = (name: string, shape: readonly number[]) => ({
    values: normals(
      shape.reduce((product, length) => product * length, 1),
      name,
    ),
    shape,
  });
  return {geometry, x: values('x', x), filter: values('filter', filter), dy: values('dy', dyShape)};
}

/** Of unit normal values, in sums of some thousands. */
const CLOSE = {relative: 1e-5, absolute: 1e-4};

describe.each(LAYERS)('%s', (_name, layer) => {
  const {geometry, x, filter, dy} = prepare(layer);

  it('convolution', () => {
    const [dFilter] = runKernelOn('GroupedConv2DBackpropFilter', {x, dy}, {geometry});
    expectClose(dFilter, conv2dBackpropFilterReference(x.values, dy.values, geometry), CLOSE);
  });

  it.each(FILTER_GRADIENTS)('adder, %s', (filterGradient) => {
    const attrs = {geometry, filterGradient};
    const [dFilter] = runKernelOn('AdderConv2DBackpropFilter', {x, filter, dy}, attrs);
    const expected = adderConv2dBackpropFilterReference(x.values, filter.values, dy.values, geometry, filterGradient);
    expectClose(dFilter, expected, CLOSE);
  });

  it.each(FILTER_GRADIENTS)('adder, %s: a NaN of x reaches what it touches and nothing else', (filterGradient) => {
    const values = x.values.slice();
    values[Math.floor(values.length / 2)] = NaN;
    const attrs = {geometry, filterGradient};
    const [dFilter] = runKernelOn('AdderConv2DBackpropFilter', {x: {...x, values}, filter, dy}, attrs);
    const expected = adderConv2dBackpropFilterReference(values, filter.values, dy.values, geometry, filterGradient);
    const places = (result: ArrayLike<number>) => Array.from(result, (value) => Number.isNaN(value));
    expect(places(dFilter)).toEqual(places(expected));
    expect(places(dFilter)).toContain(true);
    const finite = (result: ArrayLike<number>) =>
      Float32Array.from(result, (value) => (Number.isNaN(value) ? 0 : value));
    expectClose(finite(dFilter), finite(expected), CLOSE);
  });
});
