// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {expectClose, type FlatTensor, normals, runKernelOn, size} from './kernel-runner.js';

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
