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

describe('BatchMatMul', () => {
  /** The product in float64, matrix by matrix with broadcasting. */
  function reference(a: FlatTensor, b: FlatTensor, transposeA: boolean, transposeB: boolean) {
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [left, right] = [
      {...a, transposed: transposeA},
      {...b, transposed: transposeB},
    ].map(({values, shape, transposed}) => {
      const [rows = 1, columns = 1] = shape.slice(-2);
      const own = shape.slice(0, -2);
      return {
        values,
        length: transposed ? [columns, rows] : [rows, columns],
        strides: transposed ? [1, columns] : [columns, 1],
        /** Where the matrix begins that stands at `place` of the batch. */
        start: (place: readonly number[]) =>
          own.reduce((index, length, axis) => {
            const at = length === 1 ? 0 : place[axis + place.length - own.length];
            return index * length + at;
          }, 0) *
          rows *
          columns,
      };
    });
    const [rows, inner] = left.length;
    const columns = right.length[1];
    const product = new Float64Array(size(batch) * rows * columns);
    for (let matrix = 0; matrix < size(batch); matrix++) {
      let rest = matrix;
      const place = batch.map(() => 0);
      for (let axis = batch.length - 1; axis >= 0; axis--) {
        place[axis] = rest % batch[axis];
        rest = Math.floor(rest / batch[axis]);
      }
      const [leftStart, rightStart] = [left.start(place), right.start(place)];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            const l = left.values[leftStart + row * left.strides[0] + k * left.strides[1]];
            sum += l * right.values[rightStart + k * right.strides[0] + column * right.strides[1]];
          }
          product[(matrix * rows + row) * columns + column] = sum;
        }
      }
    }
    return product;
  }

  const length = fc.integer({min: 1, max: 40});
  const matrices = fc.record({
    rows: length,
    inner: fc.integer({min: 0, max: 40}),
    columns: length,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    batches: fc.constantFrom(
      [[], []],
      [[3], [3]],
      [[1], [4]],
      [[2, 3], [3]],
      [
        [2, 1],
        [1, 3],
      ],
      [[0], [1]],
    ),
    seed: fc.nat(),
  });

  it('equals float64 products, transposed or not, for batches and broadcast ones', () => {
    fc.assert(
      fc.property(
        matrices,
        ({rows, inner, columns, transposeA, transposeB, batches: [batchA = [], batchB = []], seed}) => {
          const shapeA = [...batchA, ...(transposeA ? [inner, rows] : [rows, inner])];
          const shapeB = [...batchB, ...(transposeB ? [columns, inner] : [inner, columns])];
          const a = {values: normals(size(shapeA), 'a', seed), shape: shapeA};
          const b = {values: normals(size(shapeB), 'b', seed), shape: shapeB};
          const [product] = runKernelOn('BatchMatMul', {a, b}, {transposeA, transposeB});
          expectClose(product, reference(a, b, transposeA, transposeB), {relative: 1e-5, absolute: 1e-5});
        },
      ),
    );
  });

  it('of more rows, columns and inner elements than a call takes', () => {
    for (const [transposeA, transposeB] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const a = {values: normals(300 * 530, 'a'), shape: transposeA ? [530, 300] : [300, 530]};
      const b = {values: normals(530 * 70, 'b'), shape: transposeB ? [70, 530] : [530, 70]};
      const [product] = runKernelOn('BatchMatMul', {a, b}, {transposeA, transposeB});
      expectClose(product, reference(a, b, transposeA, transposeB), {relative: 1e-5, absolute: 1e-4});
    }
  });

  it('refuses lengths that do not fit', () => {
    const a = {values: new Float32Array(6), shape: [2, 3]};
    expect(() => runKernelOn('BatchMatMul', {a, b: a}, {transposeA: false, transposeB: false})).toThrow(
      'BatchMatMul: a has shape [2, 3] and b [2, 3]; expected equal inner lengths, which are 3 and 2',
    );
  });
});
