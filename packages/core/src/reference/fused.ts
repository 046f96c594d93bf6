// SPDX-License-Identifier: Apache-2.0
import type {Activation, Conv2DGeometry} from '../kernels/contract.js';
import {adderConv2dReference} from './adder-conv2d.js';
import {conv2dReference} from './conv2d.js';
import {checkLength} from './visit-taps.js';

/** What follows the op in a fused one. */
export interface EpilogueReference {
  /** [outChannels] */
  readonly scale: ArrayLike<number>;
  /** [outChannels] */
  readonly offset: ArrayLike<number>;
  /** [batch, outHeight, outWidth, outChannels], flat. Default none. */
  readonly residual?: ArrayLike<number>;
  readonly activation: Activation;
}

/**
 * activation(scale·(−Σ|X − F|) + offset + residual) in float64.
 *
 * @param x [batch, inHeight, inWidth, inChannels], flat
 * @param filter [filterHeight, filterWidth, inChannels / groups, outChannels], flat
 * @returns [batch, outHeight, outWidth, outChannels], flat
 */
export function fusedAdderConv2dReference(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  g: Conv2DGeometry,
  epilogue: EpilogueReference,
): Float64Array<ArrayBuffer> {
  return epilogueReference(adderConv2dReference(x, filter, g), g, epilogue);
}

/** activation(scale·ΣX·F + offset + residual) in float64; shapes as for the adder. */
export function fusedConv2dReference(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  g: Conv2DGeometry,
  epilogue: EpilogueReference,
): Float64Array<ArrayBuffer> {
  return epilogueReference(conv2dReference(x, filter, g), g, epilogue);
}

function epilogueReference(
  sums: Float64Array<ArrayBuffer>,
  {outChannels}: Conv2DGeometry,
  {scale, offset, residual, activation}: EpilogueReference,
): Float64Array<ArrayBuffer> {
  checkLength('scale', scale, outChannels);
  checkLength('offset', offset, outChannels);
  if (residual !== undefined) checkLength('residual', residual, sums.length);
  const activate = ACTIVATE[activation];
  return sums.map((sum, index) => {
    const channel = index % outChannels;
    return activate(sum * scale[channel] + offset[channel] + (residual?.[index] ?? 0));
  });
}

/** Math.max and Math.min give NaN for NaN. */
const ACTIVATE: Readonly<Record<Activation, (value: number) => number>> = {
  linear: (value) => value,
  relu: (value) => Math.max(value, 0),
  relu6: (value) => Math.min(Math.max(value, 0), 6),
};
