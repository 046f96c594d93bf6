// SPDX-License-Identifier: Apache-2.0
import {pad, reshape, slice, stridedSlice, type Tensor, tidy, transpose, unstack} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import type {Range} from './blocks.js';

/**
 * The composed kernels go tap by tap: for one place (i, j) of the filter, the elements of x that meet it form a matrix [inChannels, pixels],
 * pixels being those of the output, batch included. Channels come first, so that rows are long and broadcasting over them is fast.
 */

/** Part of the batch of x, padded, channels first: [inChannels, size, paddedHeight, paddedWidth]. */
export function paddedChannelsFirst(x: Tensor, g: Conv2DGeometry, {start, size}: Range): Tensor {
  return tidy(() => {
    const images = slice(x, [start, 0, 0, 0], [size, g.inHeight, g.inWidth, g.inChannels]);
    const padded = pad(images, [
      [0, 0],
      [g.padTop, g.padBottom],
      [g.padLeft, g.padRight],
      [0, 0],
    ]);
    return transpose(padded, [3, 0, 1, 2]);
  });
}

/** The part of a padded x under the filter's place (i, j): [inChannels, pixels]. */
export function tapMatrix(padded: Tensor, g: Conv2DGeometry, i: number, j: number): Tensor {
  return tidy(() => {
    const [channels = 0, size = 0] = padded.shape;
    const top = i * g.dilationHeight;
    const left = j * g.dilationWidth;
    const height = (g.outHeight - 1) * g.strideHeight + 1;
    const width = (g.outWidth - 1) * g.strideWidth + 1;
    const taps =
      g.strideHeight === 1 && g.strideWidth === 1
        ? slice(padded, [0, 0, top, left], [channels, size, height, width])
        : stridedSlice(
            padded,
            [0, 0, top, left],
            [channels, size, top + height, left + width],
            [1, 1, g.strideHeight, g.strideWidth],
          );
    return reshape(taps, [channels, size * g.outHeight * g.outWidth]);
  });
}

/** Part of the batch of dy or y, channels first: [outChannels, pixels]. */
export function pixelMatrix(dy: Tensor, g: Conv2DGeometry, {start, size}: Range): Tensor {
  return tidy(() => {
    const images = slice(dy, [start, 0, 0, 0], [size, g.outHeight, g.outWidth, g.outChannels]);
    return transpose(reshape(images, [size * g.outHeight * g.outWidth, g.outChannels]));
  });
}

/** [outChannels, pixels] as [size, outHeight, outWidth, outChannels]. */
export function imagesOfPixels(matrix: Tensor, g: Conv2DGeometry, size: number): Tensor {
  return tidy(() => reshape(transpose(matrix), [size, g.outHeight, g.outWidth, g.outChannels]));
}

/**
 * The reverse of `tapMatrix`: [inChannels, pixels] put where the filter's place (i, j) meets a padded x, zeros elsewhere:
 * [inChannels, size, paddedHeight, paddedWidth].
 */
export function scatterTap(matrix: Tensor, g: Conv2DGeometry, size: number, i: number, j: number): Tensor {
  return tidy(() => {
    const [channels = 0] = matrix.shape;
    const images = channels * size;
    // Zeros between the rows and columns of a strided output: an axis of the stride's length, of which the first element is taken.
    const spread = pad(reshape(matrix, [images, g.outHeight, 1, g.outWidth, 1]), [
      [0, 0],
      [0, 0],
      [0, g.strideHeight - 1],
      [0, 0],
      [0, g.strideWidth - 1],
    ]);
    const height = (g.outHeight - 1) * g.strideHeight + 1;
    const width = (g.outWidth - 1) * g.strideWidth + 1;
    const grid = slice(
      reshape(spread, [images, g.outHeight * g.strideHeight, g.outWidth * g.strideWidth]),
      [0, 0, 0],
      [images, height, width],
    );
    const top = i * g.dilationHeight;
    const left = j * g.dilationWidth;
    const {paddedHeight, paddedWidth} = paddedSize(g);
    const placed = pad(grid, [
      [0, 0],
      [top, paddedHeight - top - height],
      [left, paddedWidth - left - width],
    ]);
    return reshape(placed, [channels, size, paddedHeight, paddedWidth]);
  });
}

/** The inverse of `paddedChannelsFirst`: padding cut off, channels last: [size, inHeight, inWidth, inChannels]. */
export function unpaddedChannelsLast(padded: Tensor, g: Conv2DGeometry): Tensor {
  return tidy(() => {
    const [channels = 0, size = 0] = padded.shape;
    const inside = slice(padded, [0, 0, g.padTop, g.padLeft], [channels, size, g.inHeight, g.inWidth]);
    return transpose(inside, [1, 2, 3, 0]);
  });
}

/** The rows of a matrix, each [1, columns]. */
export function rowsOf(matrix: Tensor): Tensor[] {
  const [rows = 0, columns = 0] = matrix.shape;
  return unstack(reshape(matrix, [rows, 1, columns]));
}

/** Some rows of a matrix; the matrix itself if they are all of it. */
export function rowRange(matrix: Tensor, {start, size}: Range): Tensor {
  const [rows = 0, columns = 0] = matrix.shape;
  return size === rows ? matrix : slice(matrix, [start, 0], [size, columns]);
}

function paddedSize(g: Conv2DGeometry): {paddedHeight: number; paddedWidth: number} {
  return {
    paddedHeight: g.inHeight + g.padTop + g.padBottom,
    paddedWidth: g.inWidth + g.padLeft + g.padRight,
  };
}
