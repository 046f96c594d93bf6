// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry, CounterRandom} from '@addernet/core';
import type {NonFiniteComparison, NonFiniteEntry, NonFinitePlacement} from '../op-record.js';

const VALUES: readonly {readonly name: string; readonly value: number}[] = [
  {name: 'NaN', value: NaN},
  {name: '+Infinity', value: Infinity},
  {name: '-Infinity', value: -Infinity},
];

/** Each of NaN, +∞ and −∞ at one random place of one input. A NaN stays NaN in every formula; `infinite` says how infinities compare. */
export function singlePlacements(
  input: string,
  count: number,
  random: CounterRandom,
  infinite: {readonly outputs: NonFiniteComparison; readonly gradients: NonFiniteComparison},
): readonly NonFinitePlacement[] {
  if (count === 0) return [];
  return VALUES.map(({name, value}) => ({
    label: `${name} in ${input}`,
    entries: [{input, index: random.integer(count), value}],
    outputs: Number.isNaN(value) ? 'kind' : infinite.outputs,
    gradients: Number.isNaN(value) ? 'kind' : infinite.gradients,
  }));
}

/**
 * The same infinity in x and in the filter, at a tap where they meet: ∞ − ∞ is NaN there, and ∞ elsewhere. Empty where no tap of the
 * window of the middle output lies inside x.
 */
export function meetingInfinities(geometry: Conv2DGeometry): readonly NonFinitePlacement[] {
  const {inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth} = geometry;
  if (geometry.batch === 0) return [];
  const outRow = geometry.outHeight >> 1;
  const outColumn = geometry.outWidth >> 1;
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const y = outRow * geometry.strideHeight - geometry.padTop + row * geometry.dilationHeight;
      const x = outColumn * geometry.strideWidth - geometry.padLeft + column * geometry.dilationWidth;
      if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue;
      const entries: readonly NonFiniteEntry[] = [
        {input: 'x', index: (y * inWidth + x) * inChannels, value: Infinity},
        {
          input: 'filter',
          index: (row * filterWidth + column) * (inChannels / geometry.groups) * outChannels,
          value: Infinity,
        },
      ];
      return [{label: '+Infinity in x and filter', entries, outputs: 'kind', gradients: 'defined'}];
    }
  }
  return [];
}
