// SPDX-License-Identifier: Apache-2.0
import {
  type Conv2DGeometry,
  conv2dGeometry,
  CounterRandom,
  FILTER_GRADIENTS,
  INPUT_GRADIENTS,
  type Padding,
} from '@addernet/core';
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
import {runKernelOn} from './kernel-runner.js';

interface Tensors {
  readonly x: Float32Array;
  readonly filter: Float32Array;
  readonly dy: Float32Array;
}

/** Multiples of 1/8 between −2 and 2: no sum of these sizes rounds in float32, so results are the references' to the bit. */
function dyadicTensors(g: Conv2DGeometry, seed: number): Tensors {
  const values = (name: string, length: number) => {
    const random = new CounterRandom(5, name, seed);
    return Float32Array.from({length}, () => (random.integer(33) - 16) / 8);
  };
  return {
    x: values('x', g.batch * g.inHeight * g.inWidth * g.inChannels),
    filter: values('filter', g.filterHeight * g.filterWidth * g.outChannels),
    dy: values('dy', g.batch * g.outHeight * g.outWidth * g.outChannels),
  };
}

/** Every depthwise kernel's result, and its float64 reference. */
function allResults(g: Conv2DGeometry, {x, filter, dy}: Tensors) {
  const given = {
    x: {values: x, shape: [g.batch, g.inHeight, g.inWidth, g.inChannels]},
    filter: {values: filter, shape: [g.filterHeight, g.filterWidth, 1, g.outChannels]},
    dy: {values: dy, shape: [g.batch, g.outHeight, g.outWidth, g.outChannels]},
  };
  const run = (name: string, attrs: object = {}) => runKernelOn(name, given, {geometry: g, ...attrs})[0];
  return [
    {name: 'convolution', actual: run('GroupedConv2D'), expected: conv2dReference(x, filter, g)},
    {
      name: 'convolution, dX',
      actual: run('GroupedConv2DBackpropInput'),
      expected: conv2dBackpropInputReference(filter, dy, g),
    },
    {
      name: 'convolution, dF',
      actual: run('GroupedConv2DBackpropFilter'),
      expected: conv2dBackpropFilterReference(x, dy, g),
    },
    {name: 'adder', actual: run('AdderConv2D'), expected: adderConv2dReference(x, filter, g)},
    ...INPUT_GRADIENTS.map((inputGradient) => ({
      name: `adder, dX ${inputGradient}`,
      actual: run('AdderConv2DBackpropInput', {inputGradient}),
      expected: adderConv2dBackpropInputReference(x, filter, dy, g, inputGradient),
    })),
    ...FILTER_GRADIENTS.map((filterGradient) => ({
      name: `adder, dF ${filterGradient}`,
      actual: run('AdderConv2DBackpropFilter', {filterGradient}),
      expected: adderConv2dBackpropFilterReference(x, filter, dy, g, filterGradient),
    })),
  ];
}

function expectExact(g: Conv2DGeometry, tensors: Tensors): void {
  for (const {name, actual, expected} of allResults(g, tensors)) {
    expect(actual.length, name).toBe(expected.length);
    for (let i = 0; i < actual.length; i++) {
      // Not toBe on every element, which is slow; NaN equals NaN, and −0 equals 0.
      if (actual[i] !== expected[i] && !(Number.isNaN(actual[i]) && Number.isNaN(expected[i]))) {
        expect.fail(`${name}: element ${i} of ${actual.length} is ${actual[i]}; expected ${expected[i]}`);
      }
    }
  }
}

/** Geometries with every input channel in a group of its own. */
const geometries = fc
  .record({
    batch: fc.integer({min: 0, max: 4}),
    height: fc.integer({min: 1, max: 13}),
    width: fc.integer({min: 1, max: 13}),
    channels: fc.integer({min: 2, max: 19}),
    multiplier: fc.integer({min: 1, max: 3}),
    filter: fc.tuple(fc.integer({min: 1, max: 5}), fc.integer({min: 1, max: 5})),
    strides: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 1, max: 3})),
    dilations: fc.tuple(fc.integer({min: 1, max: 2}), fc.integer({min: 1, max: 2})),
    pad: fc.oneof(
      fc.constantFrom<Padding>('same', 'valid'),
      fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4), fc.nat(4)).map(([top, bottom, left, right]): Padding => [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
    ),
  })
  .filter(({height, width, filter, dilations}) => {
    return (filter[0] - 1) * dilations[0] < height && (filter[1] - 1) * dilations[1] < width;
  })
  .map(({batch, height, width, channels, multiplier, filter, strides, dilations, pad}) =>
    conv2dGeometry({
      opName: 'test',
      xShape: [batch, height, width, channels],
      filterShape: [...filter, 1, channels * multiplier],
      strides,
      pad,
      dilations,
      groups: channels,
    }),
  );

describe('depthwise kernels', () => {
  it('are exact for any stride, dilation, padding and multiplier', () => {
    fc.assert(
      fc.property(geometries, fc.nat(), (g, seed) => expectExact(g, dyadicTensors(g, seed))),
      {numRuns: 150},
    );
  });

  it.each([
    ['images of more pixels than a call takes', [2, 30, 31, 8], 1],
    ['more images than are taken together, the last not full', [131, 3, 3, 12], 1],
    ['sums of several chunks', [9, 32, 32, 36], 2],
    ['many channels', [3, 7, 7, 961], 1],
  ] as const)('are exact with %s', (_name, [batch, height, width, channels], strides) => {
    const g = conv2dGeometry({
      opName: 'test',
      xShape: [batch, height, width, channels],
      filterShape: [3, 3, 1, channels],
      strides,
      pad: 'same',
      groups: channels,
    });
    expectExact(g, dyadicTensors(g, 1));
  });

  it('follow the formulas for NaN and infinities, which touch nothing else', () => {
    const special = fc.constantFrom(NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(
        geometries,
        special,
        fc.constantFrom('x' as const, 'filter' as const, 'dy' as const),
        fc.nat(),
        (g, value, name, place) => {
          const tensors = dyadicTensors(g, place);
          fc.pre(tensors[name].length > 0);
          tensors[name][place % tensors[name].length] = value;
          expectExact(g, tensors);
        },
      ),
      {numRuns: 150},
    );
  });
});
