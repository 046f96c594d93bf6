// SPDX-License-Identifier: Apache-2.0
import {
  type Activation,
  type Conv2DGeometry,
  conv2dGeometry,
  CounterRandom,
  INPUT_GRADIENTS,
  type Padding,
} from '@addernet/core';
import {
  adderConv2dBackpropInputReference,
  adderConv2dReference,
  conv2dBackpropInputReference,
  conv2dReference,
  fusedAdderConv2dReference,
  fusedConv2dReference,
} from '@addernet/core/reference';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {runKernelOn} from './kernel-runner.js';

/** Multiples of 1/8 between −2 and 2: no sum of these sizes rounds in float32, so results are the references' to the bit. */
function dyadic(shape: readonly number[], ...stream: (number | string)[]) {
  const random = new CounterRandom(3, ...stream);
  const length = shape.reduce((product, size) => product * size, 1);
  return {values: Float32Array.from({length}, () => (random.integer(33) - 16) / 8), shape};
}

function expectExact(actual: Float32Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const wrong = actual.findIndex((value, index) => value !== expected[index]);
  if (wrong >= 0)
    expect.fail(`element ${wrong} of ${actual.length}: got ${actual[wrong]}, expected ${expected[wrong]}`);
}

function checkAll(g: Conv2DGeometry): void {
  const x = dyadic([g.batch, g.inHeight, g.inWidth, g.inChannels], 'x');
  const filter = dyadic([g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels], 'filter');
  const dy = dyadic([g.batch, g.outHeight, g.outWidth, g.outChannels], 'dy');
  const attrs = {geometry: g};
  expectExact(runKernelOn('AdderConv2D', {x, filter}, attrs)[0], adderConv2dReference(x.values, filter.values, g));
  expectExact(runKernelOn('GroupedConv2D', {x, filter}, attrs)[0], conv2dReference(x.values, filter.values, g));
  for (const inputGradient of INPUT_GRADIENTS) {
    expectExact(
      runKernelOn('AdderConv2DBackpropInput', {x, filter, dy}, {geometry: g, inputGradient})[0],
      adderConv2dBackpropInputReference(x.values, filter.values, dy.values, g, inputGradient),
    );
  }
  expectExact(
    runKernelOn('GroupedConv2DBackpropInput', {filter, dy}, attrs)[0],
    conv2dBackpropInputReference(filter.values, dy.values, g),
  );
}

/** The fused kernels with residual and with clamping: tiles of all sizes end in an epilogue. */
function checkFused(g: Conv2DGeometry): void {
  const x = dyadic([g.batch, g.inHeight, g.inWidth, g.inChannels], 'x');
  const filter = dyadic([g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels], 'filter');
  const residual = dyadic([g.batch, g.outHeight, g.outWidth, g.outChannels], 'residual');
  const scale = dyadic([g.outChannels], 'scale');
  const offset = dyadic([g.outChannels], 'offset');
  const check = (activation: Activation, added: {residual?: typeof residual}) => {
    const epilogue = {
      scale: scale.values,
      offset: offset.values,
      activation,
      ...(added.residual === undefined ? {} : {residual: added.residual.values}),
    };
    const inputs = {x, filter, scale, offset, ...added};
    expectExact(
      runKernelOn('FusedAdderConv2D', inputs, {geometry: g, activation})[0],
      fusedAdderConv2dReference(x.values, filter.values, g, epilogue),
    );
    expectExact(
      runKernelOn('FusedGroupedConv2D', inputs, {geometry: g, activation})[0],
      fusedConv2dReference(x.values, filter.values, g, epilogue),
    );
  };
  check('linear', {residual});
  check('relu6', {});
}

function checkEvery(g: Conv2DGeometry): void {
  checkAll(g);
  checkFused(g);
}

interface Layer {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides?: number;
  readonly pad?: Padding;
  readonly groups?: number;
}

function geometryOf({x, filter, strides = 1, pad = 'same', groups = 1}: Layer): Conv2DGeometry {
  return conv2dGeometry({opName: 'test', xShape: [...x], filterShape: [...filter], strides, pad, dilations: 1, groups});
}

/** Around the sizes at which packing, tiles and calls change their ways. */
const LAYERS: readonly (readonly [string, Layer])[] = [
  ['four panels packed together, none left', {x: [1, 5, 6, 32], filter: [3, 3, 32, 32]}],
  ['four panels packed together, and two more', {x: [1, 5, 6, 43], filter: [3, 3, 43, 47]}],
  ['groups of more than four panels', {x: [1, 4, 5, 80], filter: [3, 3, 40, 70], groups: 2}],
  ['panels in blocks of their rows', {x: [1, 4, 5, 64], filter: [3, 3, 64, 48]}],
  ['the same in groups, with columns left', {x: [1, 4, 5, 96], filter: [3, 3, 48, 90], groups: 2}],
  ['runs longer than a block', {x: [2, 3, 3, 800], filter: [1, 1, 800, 41]}],
  ['a run that cannot be cut', {x: [1, 3, 3, 401], filter: [1, 1, 401, 40]}],
  ['depthwise', {x: [2, 9, 9, 19], filter: [3, 3, 1, 19], groups: 19}],
  ['more pixels than a call takes', {x: [1, 70, 71, 3], filter: [3, 3, 3, 5]}],
  ['more images than a call takes, the last not full', {x: [131, 3, 3, 6], filter: [3, 3, 6, 20]}],
  ['short windows of more pixels than all panels take at once', {x: [1, 9, 15, 16], filter: [1, 1, 16, 45]}],
  ['the same with a stride, the last pixels an odd number', {x: [2, 13, 17, 40], filter: [1, 1, 40, 24], strides: 2}],
  ['one pixel an image', {x: [67, 1, 1, 33], filter: [1, 1, 33, 18]}],
  ['a stride that leaves pixels out', {x: [3, 13, 12, 17], filter: [1, 1, 17, 35], strides: 3, pad: 'valid'}],
  ['a stride that leaves the borders out', {x: [2, 14, 15, 4], filter: [3, 3, 4, 12], strides: 4, pad: 'valid'}],
];

describe.each(LAYERS)('%s', (_name, layer) => {
  it('is exact, forward, fused and in the input gradients', () => checkEvery(geometryOf(layer)));
});

it('is exact on any geometry', () => {
  const size = fc.integer({min: 1, max: 18});
  const small = fc.integer({min: 1, max: 3});
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({min: 0, max: 4}),
        height: size,
        width: size,
        groups: small,
        inChannels: fc.integer({min: 1, max: 37}),
        outChannels: fc.integer({min: 1, max: 41}),
        filter: fc.tuple(small, small),
        strides: fc.tuple(small, small),
        dilations: fc.tuple(small, small),
        pad: fc.tuple(small, small, small, small),
      }),
      ({batch, height, width, groups, inChannels, outChannels, filter, strides, dilations, pad}) => {
        const [top, bottom, left, right] = pad.map((value) => value - 1);
        const fits =
          top + height + bottom > (filter[0] - 1) * dilations[0] &&
          left + width + right > (filter[1] - 1) * dilations[1];
        fc.pre(fits);
        checkEvery(
          conv2dGeometry({
            opName: 'test',
            xShape: [batch, height, width, inChannels * groups],
            filterShape: [filter[0], filter[1], inChannels, outChannels * groups],
            strides,
            pad: [
              [0, 0],
              [top, bottom],
              [left, right],
              [0, 0],
            ],
            dilations,
            groups,
          }),
        );
      },
    ),
    {numRuns: 30, seed: 1},
  );
});
