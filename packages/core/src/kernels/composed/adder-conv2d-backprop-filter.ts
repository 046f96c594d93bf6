// SPDX-License-Identifier: Apache-2.0
import {
  add,
  concat,
  fill,
  greater,
  isInf,
  type KernelConfig,
  max,
  min,
  mul,
  reshape,
  sign,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  unstack,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry, FilterGradient} from '../contract.js';
import {accumulate} from './accumulate.js';
import {batchBlocks, channelBlocks, filterPlaces, type Range} from './blocks.js';
import {columnSums} from './column-sums.js';
import {defineComposed} from './define-composed.js';
import {convBackpropFilter} from './grouped-conv2d-backprop-filter.js';
import {nanMask} from './nan-mask.js';
import {paddedChannelsFirst, pixelMatrix, rowRange, rowsOf, tapMatrix} from './windows.js';

/** dF = ΣdY·(X − F) or ΣdY·sgn(X − F) for any backend. */
export function composedAdderConv2DBackpropFilter(backendName: string): KernelConfig {
  return defineComposed(
    'AdderConv2DBackpropFilter',
    backendName,
    (tensor, {x, filter, dy}, {geometry, filterGradient}) =>
      BACKPROP_FILTER[filterGradient](tensor(x), tensor(filter), tensor(dy), geometry),
  );
}

type BackpropFilter = (x: Tensor, filter: Tensor, dy: Tensor, g: Conv2DGeometry) => Tensor;

const BACKPROP_FILTER: Readonly<Record<FilterGradient, BackpropFilter>> = {
  'full-precision': (x, filter, dy, g) => {
    if (g.batch === 0) return zeros(filter.shape);
    // ΣdY·(X − F) = ΣdY·X − F·ΣdY: the convolution's gradient, a matrix product, and one sum per output channel.
    const rows: Tensor = reshape(dy, [dy.size / g.outChannels, g.outChannels]);
    const product = sub(convBackpropFilter(x, dy, g), mul(filter, columnSums(rows)));
    return add(product, where(isInf(filter), infiniteFilterMask(rows), zerosLike(filter)));
  },
  sign: signBackpropFilter,
};

/**
 * What F·ΣdY does not show of an infinite F: ΣdY·(X − F) is NaN as soon as two dY differ in sign or one is 0. By output channel NaN where that is
 * so, otherwise 0.
 */
function infiniteFilterMask(dyRows: Tensor): Tensor {
  const agree = mul(sign(min(dyRows, 0)), sign(max(dyRows, 0)));
  return where(greater(agree, 0), zerosLike(agree), fill(agree.shape, NaN));
}

/** One input channel of one tap at a time, over all pixels and output channels of its group. */
function signBackpropFilter(x: Tensor, filter: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  const filterShape = filter.shape;
  const groupInChannels = g.inChannels / g.groups;
  const groupOutChannels = g.outChannels / g.groups;
  const ranges = batchBlocks(g, groupOutChannels);
  const [largest] = ranges;
  if (largest === undefined) return zeros(filterShape);
  const blocks = channelBlocks(g, groupOutChannels, largest.size).map((block) => ({
    ...block,
    columns: filterColumns(filter, g, block),
  }));

  /** ΣdY·sgn(X − F) at one place of the filter: [inChannels / groups, outChannels]. */
  const placeSum = (taps: Tensor, dyRows: Tensor, place: number): Tensor => {
    const rows = rowsOf(taps);
    const notANumber = sum(nanMask(taps), 1, true);
    const sums = blocks.map(({start, size, group, columns}) => {
      const blockDy = rowRange(dyRows, {start, size});
      const channels = Array.from({length: groupInChannels}, (_, k) =>
        tidy(() => {
          const difference = sub(rows[group * groupInChannels + k], columns[place * groupInChannels + k]);
          return sum(mul(sign(difference), blockDy), 1);
        }),
      );
      return add(stack(channels), rowRange(notANumber, {start: group * groupInChannels, size: groupInChannels}));
    });
    return concat(sums, 1);
  };
  let dFilter: Tensor = reshape(nanMask(filter), [g.filterHeight * g.filterWidth, groupInChannels, g.outChannels]);
  for (const range of ranges) {
    dFilter = accumulate(dFilter, (before) => {
      const padded = paddedChannelsFirst(x, g, range);
      const dyRows = pixelMatrix(dy, g, range);
      const places = filterPlaces(g).map(({i, j}, place) =>
        tidy(() => placeSum(tapMatrix(padded, g, i, j), dyRows, place)),
      );
      return add(before, stack(places));
    });
  }
  return reshape(dFilter, filterShape);
}

/** The filter of some output channels, by place and input channel: columns [size, 1]. */
function filterColumns(filter: Tensor, g: Conv2DGeometry, {start, size}: Range): Tensor[] {
  const [height, width, channels] = [g.filterHeight, g.filterWidth, g.inChannels / g.groups];
  const part = slice(filter, [0, 0, 0, start], [height, width, channels, size]);
  return unstack(reshape(part, [height * width * channels, size, 1]));
}
