// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry} from '@addernet/core';
import {describe, expect, it} from 'vitest';
import {normals, runKernelOn} from './kernel-runner.js';

const geometry = conv2dGeometry({
  opName: 'test',
  xShape: [1, 4, 4, 2],
  filterShape: [3, 3, 2, 9],
  strides: 1,
  pad: 'valid',
});

function inputs(changes: {x?: number; scale?: number} = {}) {
  const x = normals(4 * 4 * 2, 'x');
  if (changes.x !== undefined) x[0] = changes.x;
  return {
    x: {values: x, shape: [1, 4, 4, 2]},
    filter: {values: normals(3 * 3 * 2 * 9, 'filter'), shape: [3, 3, 2, 9]},
    scale: {values: new Float32Array(9).fill(changes.scale ?? 1), shape: [9]},
    offset: {values: new Float32Array(9).fill(100), shape: [9]},
  };
}

describe('sums that are not finite in the fast form', () => {
  it.each([
    {x: Infinity, scale: 1, activation: 'relu', expected: 0},
    {x: Infinity, scale: -1, activation: 'relu6', expected: 6},
    // Twice this is no float32 any more, and half the sum of the window neither, once it is doubled: but the distance is.
    {x: 3e38, scale: -1e-38, activation: 'relu6', expected: 6},
    {x: -3e38, scale: 1, activation: 'relu', expected: 0},
  ])('are $expected for x = $x with scale $scale and $activation', ({x, scale, activation, expected}) => {
    const [y] = runKernelOn('FusedAdderConv2D', inputs({x, scale}), {geometry, activation});
    expect([...y.subarray(0, 9)]).toEqual(new Array(9).fill(expected));
  });

  it('leave the others as they were, to the bit', () => {
    const attrs = {geometry, activation: 'linear'};
    const [ordinary] = runKernelOn('FusedAdderConv2D', inputs(), attrs);
    const [other] = runKernelOn('FusedAdderConv2D', inputs({x: Infinity}), attrs);
    expect(other.subarray(9)).toEqual(ordinary.subarray(9));
    expect([...other.subarray(0, 9)]).toEqual(new Array(9).fill(-Infinity));
  });

  it('are NaN where NaN is due, whatever the activation', () => {
    for (const activation of ['linear', 'relu', 'relu6']) {
      for (const kernel of ['FusedAdderConv2D', 'FusedGroupedConv2D']) {
        const [y] = runKernelOn(kernel, inputs({x: NaN}), {geometry, activation});
        expect([...y.subarray(0, 9)]).toEqual(new Array(9).fill(NaN));
        expect(y.subarray(9).every(Number.isFinite)).toBe(true);
      }
    }
  });
});
