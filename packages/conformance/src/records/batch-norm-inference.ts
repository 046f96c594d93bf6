// SPDX-License-Identifier: Apache-2.0
import {batchNormInference, type CounterRandom} from '@addernet/core';
import {batchNormInferenceReference} from '@addernet/core/reference';
import type {Tensor, Tensor1D} from '@tensorflow/tfjs-core';
import {defineOpRecord} from '../define-op-record.js';
import {dyadicValues, elementCount, normalValues} from '../input-values.js';
import type {CaseValues, InputDomain} from '../op-record.js';
import {sumBound} from '../tolerance.js';
import {
  batchNormAttributeGrid,
  batchNormEdgeCases,
  type BatchNormAttributes,
  channelsOf,
  randomBatchNormAttributes,
  rowsOf,
} from './batch-norm-cases.js';
import {singlePlacements} from './non-finite-placements.js';

/** Roundings on the way to an element of y or dx: of the root, the factor, the product and the sum. */
const ROUNDINGS = 4;

/** Batch normalisation with given statistics, and its gradient: y = (x − mean)/√(variance + epsilon)·scale + offset. */
export const batchNormInferenceRecord = defineOpRecord<BatchNormAttributes>({
  name: 'BatchNormInference',
  functionName: 'batchNormInference',
  kernels: ['BatchNormInference'],
  inputs: [
    {name: 'x', shape: '[..., channels]', domain: 'normal, with a mean of up to 1000 standard deviations'},
    {name: 'mean', shape: '[channels]', domain: "near x's mean"},
    {name: 'variance', shape: '[channels]', domain: "0.5 to 1.5 times x's variance"},
    {name: 'scale', shape: '[channels]', domain: 'standard normal'},
    {name: 'offset', shape: '[channels]', domain: 'standard normal'},
  ],
  outputs: [{name: 'y', shape: '[..., channels]'}],
  shapeRule: 'y has the shape of x; the rows are all axes but the last',
  attributeGrid: batchNormAttributeGrid,
  tolerance: {
    'output y': 'c·u·√4·((|x| + |mean|)·|r·scale| + |offset|), r = 1/√(variance + ε)',
    'gradient of x': 'c·u·√4·|dy·r·scale|',
    'gradient of mean': 'c·u·√(n + 4)·|r·scale|·Σ|dy|, n = rows',
    'gradient of variance': 'c·u·√(n + 4)·½|r³·scale|·Σ|dy|(|x| + |mean|)',
    'gradient of scale': 'c·u·√(n + 4)·r·Σ|dy|(|x| + |mean|)',
    'gradient of offset': 'c·u·√n·Σ|dy|',
  },
  gradients: {x: 'exact', mean: 'exact', variance: 'exact', scale: 'exact', offset: 'exact'},
  edgeAttributes: batchNormEdgeCases,
  randomAttributes: randomBatchNormAttributes,
  describe: ({epsilon, mean, deviation}) => ({epsilon, mean, deviation}),
  shapes: ({x}) => {
    const shape = [channelsOf(x)];
    return {
      inputs: [
        {name: 'x', shape: x},
        {name: 'mean', shape},
        {name: 'variance', shape},
        {name: 'scale', shape},
        {name: 'offset', shape},
      ],
      outputs: [{name: 'y', shape: x}],
    };
  },
  gradientKinds: () => ['exact', 'exact', 'exact', 'exact', 'exact'],
  // Roots round: only Σdy is exact in every order.
  bitExact: ['gradient of offset'],
  call: ({epsilon}, inputs) => {
    const {x, mean, variance, scale, offset} = named(inputs);
    return [batchNormInference(x, vector(mean), vector(variance), vector(scale), vector(offset), epsilon)];
  },
  values,
  reference: ({x: shape, epsilon}, inputs) => {
    const {x, mean, variance, scale, offset} = named(inputs);
    return [batchNormInferenceReference(x, mean, variance, scale, offset, rowsOf(shape), channelsOf(shape), epsilon)];
  },
  referenceGradients: ({epsilon}, inputs, dy) => {
    const {x, mean, variance, scale} = named(inputs);
    const {length: channels} = scale;
    const inverse = inverseDeviations(variance, epsilon);
    const dx = new Float64Array(x.length);
    const dOffset = new Float64Array(channels);
    const products = new Float64Array(channels);
    for (let index = 0; index < x.length; index++) {
      const channel = index % channels;
      dx[index] = at(dy, index) * at(scale, channel) * at(inverse, channel);
      dOffset[channel] = at(dOffset, channel) + at(dy, index);
      products[channel] = at(products, channel) + at(dy, index) * (at(x, index) - at(mean, channel));
    }
    return [
      dx,
      dOffset.map((sum, channel) => -sum * at(scale, channel) * at(inverse, channel)),
      // d/dv (v + ε)^(−1/2) = −½·(v + ε)^(−3/2)
      products.map((sum, channel) => -0.5 * sum * at(scale, channel) * at(inverse, channel) ** 3),
      products.map((sum, channel) => sum * at(inverse, channel)),
      dOffset,
    ];
  },
  bounds: ({epsilon}, inputs) => {
    const {x, mean, variance, scale, offset} = named(inputs);
    const inverse = inverseDeviations(variance, epsilon);
    const bound = Float64Array.from({length: x.length}, (_, index) => {
      const channel = index % scale.length;
      const magnitude = Math.abs(at(x, index)) + Math.abs(at(mean, channel));
      const factor = Math.abs(at(scale, channel)) * at(inverse, channel);
      return sumBound(ROUNDINGS, magnitude * factor + Math.abs(at(offset, channel)));
    });
    return [bound];
  },
  gradientBounds: ({x: shape, epsilon}, inputs, dy) => {
    const {x, mean, variance, scale} = named(inputs);
    const {length: channels} = scale;
    const rows = rowsOf(shape);
    const inverse = inverseDeviations(variance, epsilon);
    const dyMagnitudes = new Float64Array(channels);
    const products = new Float64Array(channels);
    const dx = new Float64Array(x.length);
    for (let index = 0; index < x.length; index++) {
      const channel = index % channels;
      const dyMagnitude = Math.abs(at(dy, index));
      const magnitude = Math.abs(at(x, index)) + Math.abs(at(mean, channel));
      dx[index] = sumBound(ROUNDINGS, dyMagnitude * Math.abs(at(scale, channel)) * at(inverse, channel));
      dyMagnitudes[channel] = at(dyMagnitudes, channel) + dyMagnitude;
      products[channel] = at(products, channel) + dyMagnitude * magnitude;
    }
    const factor = (channel: number, power: number) => Math.abs(at(scale, channel)) * at(inverse, channel) ** power;
    return [
      dx,
      dyMagnitudes.map((sum, channel) => sumBound(rows + ROUNDINGS, sum * factor(channel, 1))),
      products.map((sum, channel) => sumBound(rows + ROUNDINGS, 0.5 * sum * factor(channel, 3))),
      products.map((sum, channel) => sumBound(rows + ROUNDINGS, sum * at(inverse, channel))),
      dyMagnitudes.map((sum) => sumBound(rows, sum)),
    ];
  },
  nonFinitePlacements: ({x}, random) => {
    // (x − mean)·r and x·r − mean·r differ in kind where an infinity is involved, not in place.
    const infinite = {outputs: 'presence', gradients: 'defined'} as const;
    return [
      ...singlePlacements('x', elementCount(x), random, infinite),
      ...['mean', 'variance', 'scale', 'offset'].flatMap((input) =>
        singlePlacements(input, channelsOf(x), random, infinite),
      ),
      ...singlePlacements('dy', elementCount(x), random, infinite),
    ];
  },
});

function values(
  {x: shape, mean: middle, deviation}: BatchNormAttributes,
  domain: InputDomain,
  randomOf: (stream: string) => CounterRandom,
): CaseValues {
  const count = elementCount(shape);
  const channels = channelsOf(shape);
  const draw = domain === 'dyadic' ? dyadicValues : normalValues;
  const [x, mean] = [draw(count, randomOf('x')), draw(channels, randomOf('mean'))];
  const variances = randomOf('variance');
  const variance = Float32Array.from({length: channels}, () => 0.5 + variances.uniform());
  if (domain !== 'dyadic') {
    const channelMean = (channel: number) => middle * (1 + channel / channels);
    const channelDeviation = (channel: number) => deviation * (1 + (channel % 3));
    x.forEach((value, index) => {
      x[index] = value * channelDeviation(index % channels) + channelMean(index % channels);
    });
    mean.forEach((value, channel) => {
      mean[channel] = value * channelDeviation(channel) + channelMean(channel);
    });
  }
  if (domain === 'random') {
    variance.forEach((value, channel) => {
      variance[channel] = value * (deviation * (1 + (channel % 3))) ** 2;
    });
  }
  return {
    inputs: [x, mean, variance, draw(channels, randomOf('scale')), draw(channels, randomOf('offset'))],
    dy: draw(count, randomOf('dy')),
  };
}

function inverseDeviations(variance: ArrayLike<number>, epsilon: number): Float64Array {
  return Float64Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));
}

function named<T>(inputs: readonly T[]): Readonly<Record<'x' | 'mean' | 'variance' | 'scale' | 'offset', T>> {
  const [x, mean, variance, scale, offset] = inputs;
  if (
    x === undefined ||
    mean === undefined ||
    variance === undefined ||
    scale === undefined ||
    offset === undefined ||
    inputs.length !== 5
  ) {
    throw new RangeError(`expected five inputs, x, mean, variance, scale and offset; got ${inputs.length}`);
  }
  return {x, mean, variance, scale, offset};
}

function vector(tensor: Tensor): Tensor1D {
  if (isRank1(tensor)) return tensor;
  throw new RangeError(`expected a vector; got rank ${tensor.rank}`);
}

function isRank1(tensor: Tensor): tensor is Tensor1D {
  return tensor.rank === 1;
}

function at(array: ArrayLike<number>, index: number): number {
  return array[index] ?? NaN;
}
