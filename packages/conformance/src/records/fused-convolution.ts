// SPDX-License-Identifier: Apache-2.0
import {
  type Activation,
  ACTIVATIONS,
  type AddernetKernelName,
  type Conv2DGeometry,
  type CounterRandom,
  type FusedConv2DArguments,
} from '@addernet/core';
import type {EpilogueReference} from '@addernet/core/reference';
import type {Tensor} from '@tensorflow/tfjs-core';
import {defineOpRecord} from '../define-op-record.js';
import {dyadicValues, elementCount, normalValues} from '../input-values.js';
import type {CaseValues, InputDomain, LabelledAttributes, OpName, OpRecord} from '../op-record.js';
import {sumBound} from '../tolerance.js';
import {
  convolutionAttributeGrid,
  type ConvolutionAttributes,
  convolutionEdgeCases,
  convolutionShapes,
  describeConvolution,
  geometryOf,
  randomConvolutionAttributes,
} from './convolution-cases.js';
import {convolutionValues} from './convolution-values.js';
import {singlePlacements} from './non-finite-placements.js';

/** One call of a fused convolution-like op. */
interface FusedAttributes extends ConvolutionAttributes {
  readonly activation: Activation;
  readonly residual: boolean;
}

/** What the two fused ops do not have in common. */
export interface FusedConvolution {
  readonly name: OpName & AddernetKernelName;
  readonly functionName: string;
  readonly op: (args: FusedConv2DArguments) => Tensor;
  readonly reference: (
    x: ArrayLike<number>,
    filter: ArrayLike<number>,
    geometry: Conv2DGeometry,
    epilogue: EpilogueReference,
  ) => Float64Array<ArrayBuffer>;
  /** S of the bound on the sums: what the magnitudes of their terms add up to; and the same in words. */
  readonly magnitudes: (x: ArrayLike<number>, filter: ArrayLike<number>, geometry: Conv2DGeometry) => Float64Array;
  readonly magnitudeInWords: string;
  /** Mean of a sum's terms, on random and on dyadic inputs; the offset makes up for it, so that clamping leaves some outputs alone. */
  readonly termMean: {readonly random: number; readonly dyadic: number};
  /** Power of x's and the filter's common factor in a sum. */
  readonly degree: 1 | 2;
  /** Whether it is open what a padded tap makes of an infinite filter. */
  readonly paddingOpen: boolean;
}

/** Every activation with and without a residual, in such an order that three places on the other kind of residual stands. */
const COMBINATIONS = [
  ...ACTIVATIONS.map((activation) => ({activation, residual: false})),
  ...ACTIVATIONS.map((activation) => ({activation, residual: true})),
];

/** All six where NaN and ±∞ are tried, two elsewhere. */
const edgeAttributes: readonly LabelledAttributes<FusedAttributes>[] = convolutionEdgeCases.flatMap(
  ({label, sample, attributes}, index) =>
    COMBINATIONS.filter((_, at) => attributes.nonFinite || at % 3 === index % 3).map(({activation, residual}) => ({
      label: `${label}/${activation}${residual ? '/residual' : ''}`,
      sample,
      attributes: {...attributes, activation, residual},
    })),
);

/** Roundings behind the sum: of the product and of two additions. */
const ROUNDINGS = 3;

/** An infinite sum is clamped, or stays what it is. */
const INFINITE = {outputs: 'kind', gradients: 'kind'} as const;

/** Record of activation(scale·op(x, filter) + offset + residual). */
export function fusedConvolutionRecord(op: FusedConvolution): OpRecord {
  const geometry = (attributes: ConvolutionAttributes) => geometryOf(op.functionName, attributes);
  return defineOpRecord<FusedAttributes>({
    name: op.name,
    functionName: op.functionName,
    kernels: [op.name],
    inputs: [
      {name: 'x', shape: '[batch, height, width, inChannels]', domain: 'standard normal'},
      {
        name: 'filter',
        shape: '[filterHeight, filterWidth, inChannels / groups, outChannels]',
        domain: 'standard normal',
      },
      {name: 'scale', shape: '[outChannels]', domain: 'normal, such that scaled sums have a deviation of about 2'},
      {name: 'offset', shape: '[outChannels]', domain: 'normal, around minus the mean of the scaled sums'},
      {name: 'residual', shape: '[batch, outHeight, outWidth, outChannels], or absent', domain: 'standard normal'},
    ],
    outputs: [{name: 'y', shape: '[batch, outHeight, outWidth, outChannels]'}],
    shapeRule: 'out = ⌊(in + padding − dilation·(filter − 1) − 1) / stride⌋ + 1',
    attributeGrid: {activation: ACTIVATIONS, residual: [false, true], ...convolutionAttributeGrid},
    tolerance: {
      'output y': `c·u·√(K + 3)·(|scale|·${op.magnitudeInWords} + |offset| + |residual|), K = filterHeight·filterWidth·inChannels/groups`,
    },
    gradients: {},
    edgeAttributes,
    randomAttributes: (random) => ({
      ...randomConvolutionAttributes(random),
      activation: ACTIVATIONS[random.integer(ACTIVATIONS.length)] ?? 'linear',
      residual: random.integer(2) === 1,
    }),
    describe: (attributes) => ({
      ...describeConvolution(attributes),
      activation: attributes.activation,
      residual: attributes.residual,
    }),
    shapes: (attributes) => {
      const {inputs, outputs} = convolutionShapes(attributes, geometry(attributes));
      const channels = [attributes.filter[3]];
      return {
        inputs: [
          ...inputs,
          {name: 'scale', shape: channels},
          {name: 'offset', shape: channels},
          ...(attributes.residual ? outputs.map(({shape}) => ({name: 'residual', shape})) : []),
        ],
        outputs,
      };
    },
    gradientKinds: () => [],
    bitExact: ['output y'],
    call: ({strides, pad, dilations, groups, activation}, inputs) => {
      const {x, filter, scale, offset, residual} = named(inputs);
      const attributes = {strides, pad, dilations, groups, activation};
      return [op.op({x, filter, scale, offset, ...attributes, ...(residual === undefined ? {} : {residual})})];
    },
    values: (attributes, domain, randomOf) => values(op, attributes, geometry(attributes), domain, randomOf),
    reference: (attributes, inputs) => {
      const {x, filter, scale, offset, residual} = named(inputs);
      const {activation} = attributes;
      const epilogue = {scale, offset, activation, ...(residual === undefined ? {} : {residual})};
      return [op.reference(x, filter, geometry(attributes), epilogue)];
    },
    referenceGradients: () => [],
    bounds: (attributes, inputs) => {
      const {x, filter, scale, offset, residual} = named(inputs);
      const taps = attributes.filter[0] * attributes.filter[1] * attributes.filter[2];
      const magnitudes = op.magnitudes(x, filter, geometry(attributes)).map((magnitude, index) => {
        const channel = index % scale.length;
        const added = Math.abs(at(offset, channel)) + Math.abs(residual === undefined ? 0 : at(residual, index));
        return magnitude * Math.abs(at(scale, channel)) + added;
      });
      // Where a term is infinite and y is not, an infinity was clamped: to the very end of the range.
      return [magnitudes.map((value) => (Number.isFinite(value) ? sumBound(taps + ROUNDINGS, value) : 0))];
    },
    gradientBounds: () => [],
    nonFinitePlacements: (attributes, random) => {
      const {batch, outHeight, outWidth, outChannels, padTop, padBottom, padLeft, padRight} = geometry(attributes);
      const outputs = batch * outHeight * outWidth * outChannels;
      if (outputs === 0 || !attributes.nonFinite) return [];
      const open = op.paddingOpen && padTop + padBottom + padLeft + padRight > 0;
      return [
        ...singlePlacements('x', elementCount(attributes.x), random, INFINITE),
        ...(open ? [] : singlePlacements('filter', elementCount(attributes.filter), random, INFINITE)),
        ...singlePlacements('scale', outChannels, random, INFINITE),
        ...singlePlacements('offset', outChannels, random, INFINITE),
        ...(attributes.residual ? singlePlacements('residual', outputs, random, INFINITE) : []),
      ];
    },
  });
}

/** Values such that outputs lie on both sides of 0, and some beyond 6. */
function values(
  {termMean, degree}: FusedConvolution,
  attributes: FusedAttributes,
  geometry: Conv2DGeometry,
  domain: InputDomain,
  randomOf: (stream: string) => CounterRandom,
): CaseValues {
  const {inputs, dy} = convolutionValues(attributes, geometry, domain, randomOf);
  const [filterHeight, filterWidth, inChannels, outChannels] = attributes.filter;
  const taps = filterHeight * filterWidth * inChannels;
  const dyadic = domain === 'dyadic';
  const draw = dyadic ? dyadicValues : normalValues;
  const factor = dyadic ? 1 : attributes.scale ** degree;
  const mean = taps * factor * (dyadic ? termMean.dyadic : termMean.random);
  const scale = draw(outChannels, randomOf('scale'));
  if (!dyadic) scale.forEach((value, channel) => (scale[channel] = (2 * value) / (Math.sqrt(taps) * factor)));
  const offset = draw(outChannels, randomOf('offset')).map((value, channel) => {
    const shifted = value * (dyadic ? 1 : 2) - at(scale, channel) * mean;
    return dyadic ? Math.round(8 * shifted) / 8 : shifted;
  });
  const residual = attributes.residual ? [draw(dy.length, randomOf('residual'))] : [];
  return {inputs: [...inputs, scale, offset, ...residual], dy};
}

interface Named<T> {
  readonly x: T;
  readonly filter: T;
  readonly scale: T;
  readonly offset: T;
  readonly residual: T | undefined;
}

function named<T>(inputs: readonly T[]): Named<T> {
  const [x, filter, scale, offset, residual] = inputs;
  if (x === undefined || filter === undefined || scale === undefined || offset === undefined || inputs.length > 5) {
    throw new RangeError(`expected x, filter, scale, offset and perhaps residual; got ${inputs.length} inputs`);
  }
  return {x, filter, scale, offset, residual};
}

function at(array: ArrayLike<number>, index: number): number {
  return array[index] ?? NaN;
}
