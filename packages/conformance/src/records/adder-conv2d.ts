// SPDX-License-Identifier: Apache-2.0
import {adderConv2d, FILTER_GRADIENTS, type FilterGradient, INPUT_GRADIENTS, type InputGradient} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
  conv2dBackpropInputReference,
} from '@addernet/core/reference';
import type {Tensor} from '@tensorflow/tfjs-core';
import {defineOpRecord} from '../define-op-record.js';
import {absolute, elementCount, filled, negativeAbsolute} from '../input-values.js';
import type {LabelledAttributes} from '../op-record.js';
import {sumBounds} from '../tolerance.js';
import {convolutionCall, convolutionValues} from './convolution-values.js';
import {
  convolutionAttributeGrid,
  convolutionEdgeCases,
  convolutionShapes,
  describeConvolution,
  geometryOf,
  randomConvolutionAttributes,
  type ConvolutionAttributes,
} from './convolution-cases.js';
import {meetingInfinities, singlePlacements} from './non-finite-placements.js';
import {pairOf} from './inputs.js';

interface AdderAttributes extends ConvolutionAttributes {
  readonly inputGradient: InputGradient;
  readonly filterGradient: FilterGradient;
}

/** Every value of either attribute, in three pairs; the other three pairs run where NaN and ±∞ do. */
const PAIRS: readonly (readonly [InputGradient, FilterGradient])[] = [
  ['hard-tanh', 'full-precision'],
  ['sign', 'sign'],
  ['full-precision', 'full-precision'],
];

const ALL_PAIRS = INPUT_GRADIENTS.flatMap((inputGradient) =>
  FILTER_GRADIENTS.map((filterGradient): readonly [InputGradient, FilterGradient] => [inputGradient, filterGradient]),
);

const edgeAttributes: readonly LabelledAttributes<AdderAttributes>[] = convolutionEdgeCases.flatMap(
  ({label, sample, attributes}) =>
    (attributes.nonFinite ? ALL_PAIRS : PAIRS).map(([inputGradient, filterGradient]) => ({
      label: `${label}/${inputGradient}/${filterGradient}`,
      sample,
      attributes: {...attributes, inputGradient, filterGradient},
    })),
);

/** ΣdY·(X − F) and ΣdY·X − F·ΣdY differ in kind where dY or F is infinite, not in place. */
const INFINITE = {outputs: 'kind', gradients: 'presence'} as const;

const geometry = (attributes: AdderAttributes) => geometryOf('adderConv2d', attributes);

/** AdderConv2D and its two gradients: Y = −Σ|X − F|. */
export const adderConv2dRecord = defineOpRecord<AdderAttributes>({
  name: 'AdderConv2D',
  functionName: 'adderConv2d',
  kernels: ['AdderConv2D', 'AdderConv2DBackpropInput', 'AdderConv2DBackpropFilter'],
  inputs: [
    {name: 'x', shape: '[batch, height, width, inChannels]', domain: 'standard normal'},
    {name: 'filter', shape: '[filterHeight, filterWidth, inChannels / groups, outChannels]', domain: 'standard normal'},
  ],
  outputs: [{name: 'y', shape: '[batch, outHeight, outWidth, outChannels]'}],
  shapeRule: 'out = ⌊(in + padding − dilation·(filter − 1) − 1) / stride⌋ + 1',
  attributeGrid: {
    inputGradient: INPUT_GRADIENTS,
    filterGradient: FILTER_GRADIENTS,
    ...convolutionAttributeGrid,
  },
  tolerance: {
    'output y': 'c·u·√K·(Σ|X| + Σ|F|), K = filterHeight·filterWidth·inChannels/groups',
    'gradient of x':
      'c·u·√K·S, K = filterHeight·filterWidth·outChannels/groups; S = Σ|dY|·(2|X| + 1) for hard-tanh, Σ|dY| for sign, Σ|dY|(|X| + |F|) for full-precision',
    'gradient of filter':
      'c·u·√K·S, K = batch·outHeight·outWidth; S = Σ|dY|(|X| + |F|) for full-precision, Σ|dY| for sign',
  },
  gradients: {
    x: 'surrogate for hard-tanh and full-precision, exact for sign',
    filter: 'surrogate for full-precision, exact for sign',
  },
  edgeAttributes,
  randomAttributes: (random) => ({
    ...randomConvolutionAttributes(random),
    inputGradient: INPUT_GRADIENTS[random.integer(INPUT_GRADIENTS.length)] ?? 'hard-tanh',
    filterGradient: FILTER_GRADIENTS[random.integer(FILTER_GRADIENTS.length)] ?? 'full-precision',
  }),
  describe: (attributes) => ({
    ...describeConvolution(attributes),
    inputGradient: attributes.inputGradient,
    filterGradient: attributes.filterGradient,
  }),
  shapes: (attributes) => convolutionShapes(attributes, geometry(attributes)),
  gradientKinds: ({inputGradient, filterGradient}) => [
    inputGradient === 'sign' ? 'exact' : 'surrogate',
    filterGradient === 'sign' ? 'exact' : 'surrogate',
  ],
  bitExact: ['output y', 'gradient of x', 'gradient of filter'],
  call: ({strides, pad, dilations, groups, filterGradient, inputGradient}, inputs: readonly Tensor[]) =>
    convolutionCall(inputs, (x, filter) =>
      adderConv2d(x, filter, [...strides], pad, {dilations: [...dilations], groups, filterGradient, inputGradient}),
    ),
  values: (attributes, domain, randomOf) => convolutionValues(attributes, geometry(attributes), domain, randomOf),
  reference: (attributes, inputs) => {
    const [x, filter] = pairOf(inputs);
    return [adderConv2dReference(x, filter, geometry(attributes))];
  },
  referenceGradients: (attributes, inputs, dy) => {
    const [x, filter] = pairOf(inputs);
    const resolved = geometry(attributes);
    return [
      adderConv2dBackpropInputReference(x, filter, dy, resolved, attributes.inputGradient),
      adderConv2dBackpropFilterReference(x, filter, dy, resolved, attributes.filterGradient),
    ];
  },
  bounds: (attributes, inputs) => {
    const [x, filter] = pairOf(inputs);
    const resolved = geometry(attributes);
    const taps = attributes.filter[0] * attributes.filter[1] * attributes.filter[2];
    // −Σ| |X| − (−|F|) | is −(Σ|X| + Σ|F|), padded taps included.
    return [sumBounds(taps, adderConv2dReference(absolute(x), negativeAbsolute(filter), resolved))];
  },
  gradientBounds: (attributes, inputs, dy) => {
    const [x, filter] = pairOf(inputs);
    const {batch, outHeight, outWidth} = geometry(attributes);
    return [
      sumBounds(
        attributes.filter[0] * attributes.filter[1] * (attributes.filter[3] / attributes.groups),
        inputGradientMagnitudes(attributes, x, filter, absolute(dy)),
      ),
      sumBounds(batch * outHeight * outWidth, filterGradientMagnitudes(attributes, x, filter, absolute(dy))),
    ];
  },
  nonFinitePlacements: (attributes, random) => {
    const resolved = geometry(attributes);
    const outputs = resolved.batch * resolved.outHeight * resolved.outWidth * resolved.outChannels;
    if (outputs === 0 || !attributes.nonFinite) return [];
    return [
      ...singlePlacements('x', elementCount(attributes.x), random, INFINITE),
      ...singlePlacements('filter', elementCount(attributes.filter), random, INFINITE),
      ...singlePlacements('dy', outputs, random, INFINITE),
      ...meetingInfinities(resolved),
    ];
  },
});

/** S of the input gradient's bound: what the terms' magnitudes add up to, in the sum or in the identity a kernel may use for it. */
function inputGradientMagnitudes(
  attributes: AdderAttributes,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dyMagnitudes: Float64Array,
): Float64Array {
  const resolved = geometry(attributes);
  if (attributes.inputGradient === 'full-precision') {
    return adderConv2dBackpropInputReference(
      negativeAbsolute(x),
      absolute(filter),
      dyMagnitudes,
      resolved,
      'full-precision',
    );
  }
  const dySums = conv2dBackpropInputReference(filled(filter.length, 1), dyMagnitudes, resolved);
  if (attributes.inputGradient === 'sign') return dySums;
  // HT(F−X) = clamp(F, X−1, X+1) − X: the clamped value is at most |X| + 1. An infinite X has no identity, and its terms are ±dY.
  return dySums.map((sum, index) => {
    const magnitude = Math.abs(x[index] ?? 0);
    return Number.isFinite(magnitude) ? sum * (2 * magnitude + 1) : sum;
  });
}

/** S of the filter gradient's bound; padded taps count, with X = 0. */
function filterGradientMagnitudes(
  attributes: AdderAttributes,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dyMagnitudes: Float64Array,
): Float64Array {
  const resolved = geometry(attributes);
  return attributes.filterGradient === 'full-precision'
    ? adderConv2dBackpropFilterReference(
        absolute(x),
        negativeAbsolute(filter),
        dyMagnitudes,
        resolved,
        'full-precision',
      )
    : adderConv2dBackpropFilterReference(
        filled(x.length, 1),
        filled(filter.length, -1),
        dyMagnitudes,
        resolved,
        'sign',
      );
}
