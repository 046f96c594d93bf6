// SPDX-License-Identifier: Apache-2.0
import {
  add,
  clipByValue,
  concat,
  type KernelConfig,
  mul,
  reshape,
  sign,
  slice,
  sub,
  sum,
  type Tensor,
  tidy,
  transpose,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry, InputGradient} from '../contract.js';
import {accumulate} from './accumulate.js';
import {batchBlocks, channelBlocks, filterPlaces, type Range} from './blocks.js';
import {defineComposed} from './define-composed.js';
import {nanMask} from './nan-mask.js';
import {
  paddedChannelsFirst,
  pixelMatrix,
  rowRange,
  rowsOf,
  scatterTap,
  tapMatrix,
  unpaddedChannelsLast,
} from './windows.js';

/** dX = ΣdY·slope(F − X) for any backend: one output channel of one tap at a time, over all pixels and input channels of its group. */
export function composedAdderConv2DBackpropInput(backendName: string): KernelConfig {
  return defineComposed('AdderConv2DBackpropInput', backendName, (tensor, {x, filter, dy}, {geometry, inputGradient}) =>
    backpropInput(tensor(x), tensor(filter), tensor(dy), geometry, inputGradient),
  );
}

const SLOPE: Readonly<Record<InputGradient, (difference: Tensor) => Tensor>> = {
  'hard-tanh': (difference) => clipByValue(difference, -1, 1),
  sign,
  'full-precision': (difference) => difference,
};

function backpropInput(x: Tensor, filter: Tensor, dy: Tensor, g: Conv2DGeometry, inputGradient: InputGradient): Tensor {
  const groupInChannels = g.inChannels / g.groups;
  const groupOutChannels = g.outChannels / g.groups;
  const ranges = batchBlocks(g, groupInChannels);
  const [largest] = ranges;
  if (largest === undefined) return zeros([0, g.inHeight, g.inWidth, g.inChannels]);
  const slope = SLOPE[inputGradient];
  const blocks = channelBlocks(g, groupInChannels, largest.size).map((block) => ({
    range: {start: block.start, size: block.size},
    firstRow: block.group * groupOutChannels,
    ...filterColumns(filter, g, block.group, {start: block.start - block.group * groupInChannels, size: block.size}),
  }));

  /** ΣdY·slope(F − X) over the output channels of a group, at one place of the filter: [inChannels, pixels]. */
  const placeSum = (taps: Tensor, dyRows: Tensor[], place: number): Tensor =>
    concat(
      blocks.map(({range, firstRow, columns, notANumber}) => {
        const blockTaps = rowRange(taps, range);
        let total = add(nanMask(blockTaps), notANumber[place]);
        for (let t = 0; t < groupOutChannels; t++) {
          const column = columns[place * groupOutChannels + t];
          total = accumulate(total, (before) => add(before, mul(slope(sub(column, blockTaps)), dyRows[firstRow + t])));
        }
        return total;
      }),
      0,
    );

  const images = ranges.map((range) =>
    tidy(() => {
      const padded = paddedChannelsFirst(x, g, range);
      const dyRows = rowsOf(pixelMatrix(dy, g, range));
      let dx: Tensor = zeros(padded.shape);
      filterPlaces(g).forEach(({i, j}, place) => {
        dx = accumulate(dx, (before) => {
          const taps = placeSum(tapMatrix(padded, g, i, j), dyRows, place);
          return add(before, scatterTap(taps, g, range.size, i, j));
        });
      });
      return unpaddedChannelsLast(dx, g);
    }),
  );
  return concat(images, 0);
}

/** The filter of some input channels of a group, by place and output channel, and where a place has NaN in any of these: columns [size, 1]. */
function filterColumns(
  filter: Tensor,
  g: Conv2DGeometry,
  group: number,
  {start, size}: Range,
): {columns: Tensor[]; notANumber: Tensor[]} {
  const [height, width, channels] = [g.filterHeight, g.filterWidth, g.outChannels / g.groups];
  const part = slice(filter, [0, 0, start, group * channels], [height, width, size, channels]);
  return {
    columns: unstack(reshape(transpose(part, [0, 1, 3, 2]), [height * width * channels, size, 1])),
    notANumber: unstack(reshape(sum(nanMask(part), 3), [height * width, size, 1])),
  };
}
