// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, conv2dGeometry, CounterRandom, type ExplicitPadding} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
  conv2dBackpropFilterReference,
  conv2dBackpropInputReference,
  conv2dReference,
} from '@addernet/core/reference';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {elements, expectRounded, normals, runKernel, shapes} from './support.js';

type Inputs = readonly [x: Float32Array, filter: Float32Array, dy: Float32Array];

/** All six kernels, in all their modes, against the references. */
function expectAllKernels(geometry: Conv2DGeometry, [x, filter, dy]: Inputs): void {
  const shape = shapes(geometry);
  const magnitude = greatest(x) * greatest(filter) * greatest(dy);
  const inputs = {
    x: {values: x, shape: shape.x},
    filter: {values: filter, shape: shape.filter},
    dy: {values: dy, shape: shape.y},
  };
  const [y] = runKernel('AdderConv2D', {x: inputs.x, filter: inputs.filter}, {geometry});
  expectRounded(y, adderConv2dReference(x, filter, geometry), magnitude);
  for (const inputGradient of ['hard-tanh', 'sign', 'full-precision'] as const) {
    const [dx] = runKernel('AdderConv2DBackpropInput', inputs, {geometry, inputGradient});
    expectRounded(dx, adderConv2dBackpropInputReference(x, filter, dy, geometry, inputGradient), magnitude);
  }
  for (const filterGradient of ['full-precision', 'sign'] as const) {
    const [dFilter] = runKernel('AdderConv2DBackpropFilter', inputs, {geometry, filterGradient});
    expectRounded(dFilter, adderConv2dBackpropFilterReference(x, filter, dy, geometry, filterGradient), magnitude);
  }
  const [convY] = runKernel('GroupedConv2D', {x: inputs.x, filter: inputs.filter}, {geometry});
  expectRounded(convY, conv2dReference(x, filter, geometry), magnitude);
  const [convDx] = runKernel('GroupedConv2DBackpropInput', {filter: inputs.filter, dy: inputs.dy}, {geometry});
  expectRounded(convDx, conv2dBackpropInputReference(filter, dy, geometry), magnitude);
  const [convDFilter] = runKernel('GroupedConv2DBackpropFilter', {x: inputs.x, dy: inputs.dy}, {geometry});
  expectRounded(convDFilter, conv2dBackpropFilterReference(x, dy, geometry), magnitude);
}

/** Greatest finite magnitude, at least 1. */
function greatest(values: Float32Array): number {
  return values.filter(Number.isFinite).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

function randomInputs(geometry: Conv2DGeometry, seed: number): Inputs {
  const shape = shapes(geometry);
  return [
    normals(elements(shape.x), 'x', seed),
    normals(elements(shape.filter), 'filter', seed),
    normals(elements(shape.y), 'dy', seed),
  ];
}

const side = fc.integer({min: 0, max: 3});
const explicitPadding = fc.tuple(side, side, side, side).map(([top, bottom, left, right]): ExplicitPadding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]);
const pair = (max: number) => fc.tuple(fc.integer({min: 1, max}), fc.integer({min: 1, max}));

const geometries = fc
  .record({
    batch: fc.integer({min: 0, max: 3}),
    size: pair(9),
    groups: fc.integer({min: 1, max: 3}),
    channels: pair(5),
    filterSize: pair(4),
    strides: pair(3),
    dilations: pair(2),
    pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const, 1), explicitPadding),
  })
  .map(({batch, size, groups, channels, filterSize, strides, dilations, pad}) => {
    const xShape = [batch, ...size, groups * channels[0]];
    const filterShape = [...filterSize, channels[0], groups * channels[1]];
    try {
      return conv2dGeometry({opName: 'test', xShape, filterShape, strides, pad, dilations, groups});
    } catch {
      return undefined;
    }
  })
  .filter((geometry) => geometry !== undefined);

describe('adder and convolution kernels', () => {
  it('equal the float64 references to the last rounding, for any geometry', () => {
    fc.assert(
      fc.property(geometries, fc.nat(), (geometry, seed) => {
        expectAllKernels(geometry, randomInputs(geometry, seed));
      }),
      {numRuns: 150},
    );
  });

  it('agree with the formulas about NaN and infinities, wherever these are', () => {
    const special = [NaN, Infinity, -Infinity, 1e30, 2 ** 25, 0, -0];
    fc.assert(
      fc.property(geometries, fc.nat(), (geometry, seed) => {
        const inputs = randomInputs(geometry, seed);
        const random = new CounterRandom(seed, 'special');
        for (const values of inputs) {
          if (values.length > 0 && random.uniform() < 0.6) {
            values[random.integer(values.length)] = special[random.integer(special.length)];
          }
        }
        expectAllKernels(geometry, inputs);
      }),
      {numRuns: 150},
    );
  });

  it('handle batches of several blocks, the last one smaller and with an odd number of pixels', () => {
    const xShape = [9, 25, 25, 9];
    const geometry = conv2dGeometry({opName: 'test', xShape, filterShape: [3, 3, 9, 5], strides: 1, pad: 'same'});
    expectAllKernels(geometry, randomInputs(geometry, 1));
  });

  it('handle fully connected layers as 1 × 1 images', () => {
    const geometry = conv2dGeometry({
      opName: 'test',
      xShape: [33, 1, 1, 70],
      filterShape: [1, 1, 70, 10],
      strides: 1,
      pad: 'valid',
    });
    expectAllKernels(geometry, randomInputs(geometry, 2));
  });

  it('keep the hard tanh exact where x and filter are far larger than 1', () => {
    const geometry = conv2dGeometry({
      opName: 'test',
      xShape: [1, 3, 3, 2],
      filterShape: [2, 2, 2, 3],
      strides: 1,
      pad: 0,
    });
    for (const magnitude of [2 ** 19, 2 ** 40, 2 ** 60]) {
      const [x, filter, dy] = randomInputs(geometry, 3);
      const inputGradient = 'hard-tanh';
      const large = [x.map((value) => magnitude * value), filter.map((value) => magnitude * value)] as const;
      const shape = shapes(geometry);
      const [dx] = runKernel(
        'AdderConv2DBackpropInput',
        {
          x: {values: large[0], shape: shape.x},
          filter: {values: large[1], shape: shape.filter},
          dy: {values: dy, shape: shape.y},
        },
        {geometry, inputGradient},
      );
      const expected = adderConv2dBackpropInputReference(...large, dy, geometry, inputGradient);
      expectRounded(dx, expected, 1);
      expect(expected.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    }
  });
});
