// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry, CounterRandom} from '@addernet/core';
import type {Tensor, Tensor3D, Tensor4D} from '@tensorflow/tfjs-core';
import {dyadicValues, elementCount, nonZeroEvenSixteenths, normalValues, oddSixteenths} from '../input-values.js';
import type {CaseValues, InputDomain} from '../op-record.js';
import type {ConvolutionAttributes} from './convolution-cases.js';
import {pairOf} from './inputs.js';

type Draw = (count: number, random: CounterRandom) => Float32Array;

const DRAWS: Readonly<Record<InputDomain, {readonly x: Draw; readonly filter: Draw; readonly dy: Draw}>> = {
  random: {x: normalValues, filter: normalValues, dy: normalValues},
  dyadic: {x: dyadicValues, filter: dyadicValues, dy: dyadicValues},
  separated: {x: oddSixteenths, filter: nonZeroEvenSixteenths, dy: normalValues},
};

/** x, filter and dy of a convolution-like op. */
export function convolutionValues(
  attributes: ConvolutionAttributes,
  geometry: Conv2DGeometry,
  domain: InputDomain,
  randomOf: (stream: string) => CounterRandom,
): CaseValues {
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const draws = DRAWS[domain];
  return {
    inputs: [
      draws.x(elementCount(attributes.x), randomOf('x')),
      draws.filter(elementCount(attributes.filter), randomOf('filter')),
    ].map((input) => (domain === 'random' ? input.map((value) => value * attributes.scale) : input)),
    dy: draws.dy(batch * outHeight * outWidth * outChannels, randomOf('dy')),
  };
}

/** Calls an op on x of rank 3 or 4 and filter. */
export function convolutionCall(
  inputs: readonly Tensor[],
  op: (x: Tensor3D | Tensor4D, filter: Tensor4D) => Tensor,
): readonly Tensor[] {
  const [x, filter] = pairOf(inputs);
  if (!hasRank4(filter)) throw new RangeError(`expected a filter of rank 4; got rank ${filter.rank}`);
  if (!hasRank4(x) && !hasRank3(x)) throw new RangeError(`expected x of rank 3 or 4; got rank ${x.rank}`);
  return [op(x, filter)];
}

function hasRank4(tensor: Tensor): tensor is Tensor4D {
  return tensor.rank === 4;
}

function hasRank3(tensor: Tensor): tensor is Tensor3D {
  return tensor.rank === 3;
}
