// SPDX-License-Identifier: Apache-2.0
import {conv2d} from '@addernet/core';
import {conv2dBackpropFilterReference, conv2dBackpropInputReference, conv2dReference} from '@addernet/core/reference';
import {defineOpRecord} from '../define-op-record.js';
import {absolute, elementCount} from '../input-values.js';
import {sumBounds} from '../tolerance.js';
import {
  convolutionAttributeGrid,
  convolutionEdgeCases,
  convolutionShapes,
  describeConvolution,
  geometryOf,
  randomConvolutionAttributes,
  type ConvolutionAttributes,
} from './convolution-cases.js';
import {convolutionCall, convolutionValues} from './convolution-values.js';
import {pairOf} from './inputs.js';
import {singlePlacements} from './non-finite-placements.js';

/** Each product that meets an infinity is infinite: no sum of two infinities from one of them alone. */
const INFINITE = {outputs: 'kind', gradients: 'kind'} as const;

const geometry = (attributes: ConvolutionAttributes) => geometryOf('conv2d', attributes);

/** The convolution twin and its two gradients: Y = ΣX·F. */
export const groupedConv2dRecord = defineOpRecord<ConvolutionAttributes>({
  name: 'GroupedConv2D',
  functionName: 'conv2d',
  kernels: ['GroupedConv2D', 'GroupedConv2DBackpropInput', 'GroupedConv2DBackpropFilter'],
  inputs: [
    {name: 'x', shape: '[batch, height, width, inChannels]', domain: 'standard normal'},
    {name: 'filter', shape: '[filterHeight, filterWidth, inChannels / groups, outChannels]', domain: 'standard normal'},
  ],
  outputs: [{name: 'y', shape: '[batch, outHeight, outWidth, outChannels]'}],
  shapeRule: 'out = ⌊(in + padding − dilation·(filter − 1) − 1) / stride⌋ + 1',
  attributeGrid: convolutionAttributeGrid,
  tolerance: {
    'output y': 'c·u·√K·Σ|X||F|, K = filterHeight·filterWidth·inChannels/groups',
    'gradient of x': 'c·u·√K·Σ|dY||F|, K = filterHeight·filterWidth·outChannels/groups',
    'gradient of filter': 'c·u·√K·Σ|dY||X|, K = batch·outHeight·outWidth',
  },
  gradients: {x: 'exact', filter: 'exact'},
  edgeAttributes: convolutionEdgeCases,
  randomAttributes: randomConvolutionAttributes,
  describe: describeConvolution,
  shapes: (attributes) => convolutionShapes(attributes, geometry(attributes)),
  gradientKinds: () => ['exact', 'exact'],
  bitExact: ['output y', 'gradient of x', 'gradient of filter'],
  call: ({strides, pad, dilations, groups}, inputs) =>
    convolutionCall(inputs, (x, filter) => conv2d(x, filter, [...strides], pad, {dilations: [...dilations], groups})),
  values: (attributes, domain, randomOf) => convolutionValues(attributes, geometry(attributes), domain, randomOf),
  reference: (attributes, inputs) => {
    const [x, filter] = pairOf(inputs);
    return [conv2dReference(x, filter, geometry(attributes))];
  },
  referenceGradients: (attributes, inputs, dy) => gradients(attributes, inputs, dy),
  bounds: (attributes, inputs) => {
    const [x, filter] = pairOf(inputs);
    const taps = attributes.filter[0] * attributes.filter[1] * attributes.filter[2];
    return [sumBounds(taps, conv2dReference(absolute(x), absolute(filter), geometry(attributes)))];
  },
  gradientBounds: (attributes, inputs, dy) => {
    const {batch, outHeight, outWidth} = geometry(attributes);
    const [dx, dFilter] = pairOf(gradients(attributes, inputs.map(absolute), absolute(dy)));
    const taps = attributes.filter[0] * attributes.filter[1] * (attributes.filter[3] / attributes.groups);
    return [sumBounds(taps, dx), sumBounds(batch * outHeight * outWidth, dFilter)];
  },
  nonFinitePlacements: (attributes, random) => {
    const {batch, outHeight, outWidth, outChannels, padTop, padBottom, padLeft, padRight} = geometry(attributes);
    const outputs = batch * outHeight * outWidth * outChannels;
    if (outputs === 0 || !attributes.nonFinite) return [];
    // Whether a padded 0 meets a non-finite factor, and makes NaN of it, is left open: a kernel may skip padded taps or multiply them.
    const padded = padTop + padBottom + padLeft + padRight > 0;
    return [
      ...singlePlacements('x', elementCount(attributes.x), random, INFINITE),
      ...(padded ? [] : singlePlacements('filter', elementCount(attributes.filter), random, INFINITE)),
      ...(padded ? [] : singlePlacements('dy', outputs, random, INFINITE)),
    ];
  },
});

function gradients(
  attributes: ConvolutionAttributes,
  inputs: readonly ArrayLike<number>[],
  dy: ArrayLike<number>,
): readonly Float64Array[] {
  const [x, filter] = pairOf(inputs);
  const resolved = geometry(attributes);
  return [conv2dBackpropInputReference(filter, dy, resolved), conv2dBackpropFilterReference(x, dy, resolved)];
}
