// SPDX-License-Identifier: Apache-2.0
import {
  abs,
  concat,
  type KernelConfig,
  reshape,
  slice,
  sub,
  type Tensor,
  tidy,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {accumulate} from './accumulate.js';
import {batchBlocks, channelBlocks, filterPlaces, type Range} from './blocks.js';
import {defineComposed} from './define-composed.js';
import {imagesOfPixels, paddedChannelsFirst, rowsOf, tapMatrix} from './windows.js';

/**
 * Y = −Σ|X − F| for any backend. One input channel of one tap at a time, [1, pixels] against [outChannels, 1], which needs no temporary of
 * pixels × inChannels × outChannels, and only ops that are fast on the wasm backend (its maximum and its sums over a first axis are not).
 */
export function composedAdderConv2D(backendName: string): KernelConfig {
  return defineComposed('AdderConv2D', backendName, (tensor, {x, filter}, {geometry}) =>
    adderConv2D(tensor(x), tensor(filter), geometry),
  );
}

function adderConv2D(x: Tensor, filter: Tensor, g: Conv2DGeometry): Tensor {
  const groupInChannels = g.inChannels / g.groups;
  const groupOutChannels = g.outChannels / g.groups;
  const ranges = batchBlocks(g, groupOutChannels);
  const [largest] = ranges;
  if (largest === undefined) return zeros([0, g.outHeight, g.outWidth, g.outChannels]);
  const blocks = channelBlocks(g, groupOutChannels, largest.size).map((block) => ({
    size: block.size,
    firstRow: block.group * groupInChannels,
    columns: filterColumns(filter, g, block),
  }));

  const sumImages = (padded: Tensor, images: number): Tensor => {
    let sums = blocks.map(({size}) => zeros([size, images * g.outHeight * g.outWidth]));
    filterPlaces(g).forEach(({i, j}, place) => {
      sums = accumulate(sums, (totals) => {
        const rows = rowsOf(tapMatrix(padded, g, i, j));
        return totals.map((total, block) => {
          const {firstRow, columns} = blocks[block];
          let sum = total;
          for (let k = 0; k < groupInChannels; k++) {
            const distance = (): Tensor => abs(sub(rows[firstRow + k], columns[place * groupInChannels + k]));
            sum = accumulate(sum, (before) => sub(before, distance()));
          }
          return sum;
        });
      });
    });
    return concat(sums, 0);
  };
  const images = ranges.map((range) =>
    tidy(() => imagesOfPixels(sumImages(paddedChannelsFirst(x, g, range), range.size), g, range.size)),
  );
  return concat(images, 0);
}

/** The filter of some output channels, by place and input channel: filterHeight·filterWidth·inChannels/groups columns [size, 1]. */
function filterColumns(filter: Tensor, g: Conv2DGeometry, {start, size}: Range): Tensor[] {
  const [height, width, channels] = [g.filterHeight, g.filterWidth, g.inChannels / g.groups];
  const part = slice(filter, [0, 0, 0, start], [height, width, channels, size]);
  return unstack(reshape(part, [height * width * channels, size, 1]));
}
