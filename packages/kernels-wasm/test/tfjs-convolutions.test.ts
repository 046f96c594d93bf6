// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, conv2dGeometry, type Padding} from '@addernet/core';
import {conv2dBackpropFilterReference, conv2dBackpropInputReference, conv2dReference} from '@addernet/core/reference';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {expectClose, type FlatTensor, normals, runKernelOn, size} from './kernel-runner.js';

/** Of sums of at most some thousands of products of unit normal values. */
const CLOSE = {relative: 1e-5, absolute: 5e-5};

interface Case {
  readonly geometry: Conv2DGeometry;
  readonly x: FlatTensor;
  readonly filter: FlatTensor;
  readonly dy: FlatTensor;
  readonly attrs: object;
}

const convolutions = fc
  .record({
    batch: fc.integer({min: 0, max: 3}),
    height: fc.integer({min: 1, max: 12}),
    width: fc.integer({min: 1, max: 12}),
    inChannels: fc.integer({min: 1, max: 11}),
    /** Output channels, or the multiplier of a depthwise convolution. */
    factor: fc.integer({min: 1, max: 4}),
    filterHeight: fc.integer({min: 1, max: 4}),
    filterWidth: fc.integer({min: 1, max: 4}),
    strideHeight: fc.integer({min: 1, max: 3}),
    strideWidth: fc.integer({min: 1, max: 3}),
    dilation: fc.integer({min: 1, max: 2}),
    pad: fc.constantFrom<Padding>('same', 'valid', [
      [0, 0],
      [2, 0],
      [1, 3],
      [0, 0],
    ]),
    depthwise: fc.boolean(),
    seed: fc.nat(),
  })
  // A filter that fits.
  .filter(({height, width, filterHeight, filterWidth, dilation}) => {
    return (filterHeight - 1) * dilation < height && (filterWidth - 1) * dilation < width;
  })
  .map((given): Case => {
    const {batch, height, width, inChannels, factor, filterHeight, filterWidth, pad, depthwise, seed} = given;
    const strides: [number, number] = [given.strideHeight, given.strideWidth];
    // TF.js's kernels of the full convolution's gradients know no dilations.
    const dilation = depthwise ? given.dilation : 1;
    const xShape = [batch, height, width, inChannels];
    const filterShape = [filterHeight, filterWidth, inChannels, factor];
    const geometry = conv2dGeometry({
      opName: 'test',
      xShape,
      filterShape: depthwise ? [filterHeight, filterWidth, 1, inChannels * factor] : filterShape,
      strides,
      pad,
      dilations: dilation,
      groups: depthwise ? inChannels : 1,
    });
    const dyShape = [batch, geometry.outHeight, geometry.outWidth, geometry.outChannels];
    const tensor = (name: string, shape: readonly number[]) => ({
      values: normals(size(shape), name, seed),
      shape,
    });
    return {
      geometry,
      x: tensor('x', xShape),
      filter: tensor('filter', filterShape),
      dy: tensor('dy', dyShape),
      attrs: {
        strides,
        pad,
        dilations: [dilation, dilation],
        ...(depthwise ? {} : {dataFormat: 'NHWC'}),
        inputShape: xShape,
        filterShape,
      },
    };
  });

function nameFor({attrs}: Case, full: string, depthwise: string): string {
  return 'dataFormat' in attrs ? full : depthwise;
}

function floats({values}: FlatTensor): Float32Array {
  return Float32Array.from(values);
}

describe('convolutions by TF.js’s names equal float64 references, full and depthwise, for any geometry', () => {
  it('forward', () => {
    fc.assert(
      fc.property(convolutions, (given) => {
        const {geometry, x, filter, attrs} = given;
        const [y] = runKernelOn(nameFor(given, 'Conv2D', 'DepthwiseConv2dNative'), {x, filter}, attrs);
        expectClose(y, conv2dReference(floats(x), floats(filter), geometry), CLOSE);
      }),
    );
  });

  it('input gradient', () => {
    fc.assert(
      fc.property(convolutions, (given) => {
        const {geometry, filter, dy, attrs} = given;
        const kernel = nameFor(given, 'Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput');
        const [dx] = runKernelOn(kernel, {filter, dy}, attrs);
        expectClose(dx, conv2dBackpropInputReference(floats(filter), floats(dy), geometry), CLOSE);
      }),
    );
  });

  it('filter gradient', () => {
    fc.assert(
      fc.property(convolutions, (given) => {
        const {geometry, x, dy, attrs} = given;
        const kernel = nameFor(given, 'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter');
        const [dFilter] = runKernelOn(kernel, {x, dy}, attrs);
        expectClose(dFilter, conv2dBackpropFilterReference(floats(x), floats(dy), geometry), CLOSE);
      }),
    );
  });

  it('refuse NCHW and attributes that TF.js does not give, and say what they were', () => {
    const x = {values: new Float32Array(16), shape: [1, 4, 4, 1]};
    const filter = {values: new Float32Array(1), shape: [1, 1, 1, 1]};
    const attrs = {strides: 1, pad: 'same', dataFormat: 'NHWC'};
    const run = (changed: object) => () => runKernelOn('Conv2D', {x, filter}, {...attrs, ...changed});
    expect(run({dataFormat: 'NCHW'})).toThrow('Conv2D: dataFormat is NCHW; on wasm only NHWC is possible');
    expect(run({strides: 'two'})).toThrow('Conv2D: attribute strides is "two"; expected a number or two of them');
    expect(run({pad: [1]})).toThrow("Conv2D: attribute pad is [1]; expected 'same', 'valid', a number or");
    expect(() => runKernelOn('Conv2DBackpropFilter', {x, dy: x}, {...attrs, filterShape: [3]})).toThrow(
      'Conv2DBackpropFilter: attribute filterShape is [3]; expected four integers',
    );
    expect(() => runKernelOn('Conv2D', {x}, attrs)).toThrow("Conv2D: input 'filter' is missing; given x");
  });
});
