// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, conv2dGeometry, type Padding} from '@addernet/core';
import {conv2dBackpropFilterReference, conv2dBackpropInputReference, conv2dReference} from '@addernet/core/reference';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {expectClose, type FlatTensor, normals, runKernelOn} from './kernel-runner.js';

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

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

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

describe('MaxPoolGrad', () => {
  const pools = fc.record({
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
  });

  it('gives dY to the first largest element of every window, of any sign', () => {
    fc.assert(
      fc.property(pools, (given) => {
        const {batch, height, width, channels, filterHeight, filterWidth, strides, pad, mode, offset, seed} = given;
        fc.pre(filterHeight <= height && filterWidth <= width);
        // TF.js takes the height's for both lengths where it is given a number.
        fc.pre(typeof pad !== 'number' || (filterHeight === filterWidth && strides[0] === strides[1]));
        fc.pre(typeof pad === 'number' ? pad < filterHeight : mode === undefined);
        const shape: [number, number, number, number] = [batch, height, width, channels];
        const info = tf.backend_util.computePool2DInfo(shape, [filterHeight, filterWidth], strides, 1, pad, mode);
        // Few different values, so that there are equal ones.
        const x = normals(size(shape), 'x', seed).map((value) => Math.round(2 * value) + offset);
        const dy = normals(size(info.outShape), 'dy', seed);
        const [dx] = runKernelOn(
          'MaxPoolGrad',
          {
            dy: {values: dy, shape: info.outShape},
            input: {values: x, shape},
            output: {values: dy, shape: info.outShape},
          },
          {filterSize: [filterHeight, filterWidth], strides, pad, dimRoundingMode: mode},
        );
        expectClose(dx, maxPoolGradient(x, dy, info), {relative: 1e-6, absolute: 1e-6});
      }),
    );
  });

  it('passes over NaN, and gives nothing where there is nothing larger than −∞', () => {
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

  function maxPoolGradient(x: Float32Array, dy: Float32Array, info: tf.backend_util.Conv2DInfo): Float64Array {
    const {batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo} = info;
    const dx = new Float64Array(x.length);
    let at = 0;
    for (let image = 0; image < batchSize; image++) {
      for (let row = 0; row < outHeight; row++) {
        for (let column = 0; column < outWidth; column++) {
          for (let channel = 0; channel < inChannels; channel++) {
            let place = -1;
            for (let i = 0; i < info.filterHeight; i++) {
              for (let j = 0; j < info.filterWidth; j++) {
                const inRow = row * strideHeight + i - padInfo.top;
                const inColumn = column * strideWidth + j - padInfo.left;
                if (inRow < 0 || inRow >= inHeight || inColumn < 0 || inColumn >= inWidth) continue;
                const candidate = ((image * inHeight + inRow) * inWidth + inColumn) * inChannels + channel;
                if (place < 0 || x[candidate] > x[place]) place = candidate;
              }
            }
            if (place >= 0) dx[place] += dy[at];
            at++;
          }
        }
      }
    }
    return dx;
  }
});

describe('UnsortedSegmentSum', () => {
  it('adds every row to its segment, and leaves out rows that have none', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 0, max: 40}),
        fc.array(fc.integer({min: 0, max: 5}), {maxLength: 2}),
        fc.integer({min: 0, max: 7}),
        fc.nat(),
        (rows, inner, numSegments, seed) => {
          const width = size(inner);
          const x = normals(rows * width, 'x', seed);
          const ids = Int32Array.from(normals(rows, 'ids', seed), (value) => Math.floor(value * 3 + 3));
          const expected = new Float64Array(numSegments * width);
          x.forEach((value, index) => {
            const id = ids[Math.floor(index / width)];
            if (id >= 0 && id < numSegments) expected[id * width + (index % width)] += value;
          });
          const [sums] = runKernelOn(
            'UnsortedSegmentSum',
            {x: {values: x, shape: [rows, ...inner]}, segmentIds: {values: ids, shape: [rows]}},
            {numSegments},
          );
          expectClose(sums, expected, {relative: 1e-6, absolute: 1e-5});
        },
      ),
    );
  });

  it('refuses ids that do not fit, and ids that are not integers', () => {
    const x = {values: new Float32Array(6), shape: [3, 2]};
    const run = (segmentIds: FlatTensor) => () => runKernelOn('UnsortedSegmentSum', {x, segmentIds}, {numSegments: 2});
    expect(run({values: new Int32Array(2), shape: [2]})).toThrow(
      'UnsortedSegmentSum: segmentIds has shape [2]; expected [3] for x of shape [3, 2]',
    );
    expect(run({values: new Float32Array(3), shape: [3]})).toThrow('has dtype float32; expected int32');
  });
});
