// SPDX-License-Identifier: Apache-2.0
import {batchNormTraining, type CounterRandom} from '@addernet/core';
import {batchNormTrainingGradReference, batchNormTrainingReference} from '@addernet/core/reference';
import type {Tensor, Tensor1D} from '@tensorflow/tfjs-core';
import {defineOpRecord} from '../define-op-record.js';
import {dyadicValues, elementCount, normalValues} from '../input-values.js';
import type {CaseValues, InputDomain} from '../op-record.js';
import {
  batchNormAttributeGrid,
  batchNormEdgeCases,
  type BatchNormAttributes,
  channelsOf,
  randomBatchNormAttributes,
  rowsOf,
} from './batch-norm-cases.js';
import {batchNormBounds, batchNormGradientBounds} from './batch-norm-bounds.js';
import {tripleOf} from './inputs.js';
import {singlePlacements} from './non-finite-placements.js';

/** BatchNormTraining and its gradient: y = (x − mean)/√(variance + epsilon)·scale + offset. */
export const batchNormTrainingRecord = defineOpRecord<BatchNormAttributes>({
  name: 'BatchNormTraining',
  functionName: 'batchNormTraining',
  kernels: ['BatchNormTraining', 'BatchNormTrainingGrad'],
  inputs: [
    {name: 'x', shape: '[..., channels]', domain: 'normal, with a mean of up to 1000 standard deviations'},
    {name: 'scale', shape: '[channels]', domain: 'standard normal'},
    {name: 'offset', shape: '[channels]', domain: 'standard normal'},
  ],
  outputs: [
    {name: 'y', shape: '[..., channels]'},
    {name: 'mean', shape: '[channels]'},
    {name: 'variance', shape: '[channels]'},
  ],
  shapeRule: 'y has the shape of x; the rows are all axes but the last',
  attributeGrid: batchNormAttributeGrid,
  tolerance: {
    'output mean': 'δm = c·u·√n·mean|x|, n = rows',
    'output variance': 'δv = c·u·√n·(σ² + σ·mean|x|) + δm²',
    'output y': '|scale|·δx̂ + c·u·(|x̂·scale| + |offset|), δx̂ = (δm + c·u·|x|)/√(σ² + ε) + |x̂|·(δv/2(σ² + ε) + c·u)',
    'gradient of x':
      '|scale|/√(σ² + ε)·(c·u·(|dy| + |A| + |x̂·B|) + δA + |x̂|·δB + |B|·δx̂) + |dx|·(δv/2(σ² + ε) + c·u), A = mean dy, B = mean dy·x̂',
    'gradient of scale': 'c·u·√n·Σ|dy·x̂| + Σ|dy|·δx̂',
    'gradient of offset': 'c·u·√n·Σ|dy|',
  },
  gradients: {x: 'exact', scale: 'exact', offset: 'exact'},
  edgeAttributes: batchNormEdgeCases,
  randomAttributes: randomBatchNormAttributes,
  describe: ({epsilon, mean, deviation}) => ({epsilon, mean, deviation}),
  shapes: ({x}) => {
    const channels = [channelsOf(x)];
    return {
      inputs: [
        {name: 'x', shape: x},
        {name: 'scale', shape: channels},
        {name: 'offset', shape: channels},
      ],
      outputs: [
        {name: 'y', shape: x},
        {name: 'mean', shape: channels},
        {name: 'variance', shape: channels},
      ],
    };
  },
  gradientKinds: () => ['exact', 'exact', 'exact'],
  // Divisions and roots round, and Welford's mean is no sum: only Σdy is exact in every order.
  bitExact: ['gradient of offset'],
  call: ({epsilon}, inputs) => {
    const [x, scale, offset] = tripleOf(inputs);
    if (!hasRank1(scale) || !hasRank1(offset)) throw new RangeError('expected scale and offset of rank 1');
    const {y, mean, variance} = batchNormTraining(x, scale, offset, epsilon);
    return [y, mean, variance];
  },
  values,
  reference: ({x: shape, epsilon}, inputs) => {
    const [x, scale, offset] = tripleOf(inputs);
    const {y, mean, variance} = batchNormTrainingReference(x, scale, offset, rowsOf(shape), channelsOf(shape), epsilon);
    return [y, mean, variance];
  },
  referenceGradients: ({x: shape, epsilon}, inputs, dy) => {
    const [x, scale, offset] = tripleOf(inputs);
    const rows = rowsOf(shape);
    const channels = channelsOf(shape);
    const {mean, variance} = batchNormTrainingReference(x, scale, offset, rows, channels, epsilon);
    const {dx, dScale, dOffset} = batchNormTrainingGradReference(dy, x, mean, variance, scale, rows, channels, epsilon);
    return [dx, dScale, dOffset];
  },
  bounds: ({x: shape, epsilon}, inputs) => {
    const [x, scale, offset] = tripleOf(inputs);
    return batchNormBounds(x, scale, offset, rowsOf(shape), channelsOf(shape), epsilon);
  },
  gradientBounds: ({x: shape, epsilon}, inputs, dy) => {
    const [x, scale, offset] = tripleOf(inputs);
    return batchNormGradientBounds(dy, x, scale, offset, rowsOf(shape), channelsOf(shape), epsilon);
  },
  nonFinitePlacements: ({x}, random) => {
    const channels = channelsOf(x);
    // Which of NaN and ±∞ an infinity becomes depends on the formula's order (Welford's mean is NaN where the sum's is ∞).
    const infinite = {outputs: 'presence', gradients: 'presence'} as const;
    return [
      ...singlePlacements('x', elementCount(x), random, infinite),
      ...singlePlacements('scale', channels, random, infinite),
      ...singlePlacements('offset', channels, random, infinite),
      ...singlePlacements('dy', elementCount(x), random, infinite),
    ];
  },
});

function values(
  {x: shape, mean, deviation}: BatchNormAttributes,
  domain: InputDomain,
  randomOf: (stream: string) => CounterRandom,
): CaseValues {
  const count = elementCount(shape);
  const channels = channelsOf(shape);
  const draw = domain === 'dyadic' ? dyadicValues : normalValues;
  const x = draw(count, randomOf('x'));
  if (domain !== 'dyadic') {
    // Channels differ in mean and deviation, so that a mix-up shows.
    x.forEach((value, index) => {
      const channel = index % channels;
      x[index] = value * deviation * (1 + (channel % 3)) + mean * (1 + channel / channels);
    });
  }
  return {
    inputs: [x, draw(channels, randomOf('scale')), draw(channels, randomOf('offset'))],
    dy: draw(count, randomOf('dy')),
  };
}

function hasRank1(tensor: Tensor): tensor is Tensor1D {
  return tensor.rank === 1;
}
