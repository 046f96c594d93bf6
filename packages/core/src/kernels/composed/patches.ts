// SPDX-License-Identifier: Apache-2.0
import {
  add,
  concat,
  pad,
  reshape,
  slice,
  stack,
  type Tensor,
  tidy,
  transpose,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {accumulate} from './accumulate.js';
import type {Place} from './parts.js';

/**
 * Patches of images (im2col): a row for every output pixel, with what every place of the filter sees there, [pixels, places × inChannels].
 *
 * Images are held as a grid of strideHeight × strideWidth phases, each [images, height, width × channels] with every strideHeight-th row and
 * strideWidth-th column of the padded image. What a place of the filter sees is then a dense rectangle of one phase: TF.js's strided slices
 * take 100 times as long as dense ones on the wasm backend. Rows hold width × channels, since TF.js copies row by row.
 */
export type Phases = readonly Tensor[];

/** Sizes of the phases. */
function phaseSize(g: Conv2DGeometry): {height: number; width: number} {
  return {
    height: Math.ceil((g.padTop + g.inHeight + g.padBottom) / g.strideHeight),
    width: Math.ceil((g.padLeft + g.inWidth + g.padRight) / g.strideWidth),
  };
}

/** The phases of images [images, inHeight, inWidth, inChannels]. Ungrouped geometry. */
export function phasesOf(x: Tensor, g: Conv2DGeometry): Phases {
  return tidy(() => {
    const [images] = x.shape;
    const {height, width} = phaseSize(g);
    const [fullHeight, fullWidth] = [height * g.strideHeight, width * g.strideWidth];
    const padded = pad(reshape(x, [images, g.inHeight, g.inWidth * g.inChannels]), [
      [0, 0],
      [g.padTop, fullHeight - g.padTop - g.inHeight],
      [g.padLeft * g.inChannels, (fullWidth - g.padLeft - g.inWidth) * g.inChannels],
    ]);
    // Transposes of three axes at a time, which backends are fast at.
    const byRow = transpose(reshape(padded, [images * height, g.strideHeight, fullWidth * g.inChannels]), [1, 0, 2]);
    const rowPhases = g.strideHeight === 1 ? [padded] : unstack(byRow);
    return rowPhases.flatMap((rows) => {
      if (g.strideWidth === 1) return [reshape(rows, [images, height, width * g.inChannels])];
      const byColumn = transpose(reshape(rows, [images * height * width, g.strideWidth, g.inChannels]), [1, 0, 2]);
      return unstack(reshape(byColumn, [g.strideWidth, images, height, width * g.inChannels]));
    });
  });
}

/** Phases full of zeros, to add patches to. */
export function emptyPhases(images: number, g: Conv2DGeometry): Phases {
  const {height, width} = phaseSize(g);
  return Array.from({length: g.strideHeight * g.strideWidth}, () => zeros([images, height, width * g.inChannels]));
}

/** The images that phases make up, padding cut off: [images, inHeight, inWidth, inChannels]. */
export function imagesOf(phases: Phases, g: Conv2DGeometry): Tensor {
  return tidy(() => {
    const [images] = phases[0].shape;
    const {height, width} = phaseSize(g);
    const rowPhases = Array.from({length: g.strideHeight}, (_, row) => {
      const columns = phases.slice(row * g.strideWidth, (row + 1) * g.strideWidth);
      if (columns.length === 1) return columns[0];
      const byColumn = reshape(stack(columns), [g.strideWidth, images * height * width, g.inChannels]);
      return transpose(byColumn, [1, 0, 2]);
    });
    const rowLength = width * g.strideWidth * g.inChannels;
    const byRow = reshape(stack(rowPhases), [g.strideHeight, images * height, rowLength]);
    const padded: Tensor = reshape(transpose(byRow, [1, 0, 2]), [images, height * g.strideHeight, rowLength]);
    const inside = slice(
      padded,
      [0, g.padTop, g.padLeft * g.inChannels],
      [images, g.inHeight, g.inWidth * g.inChannels],
    );
    return reshape(inside, [images, g.inHeight, g.inWidth, g.inChannels]);
  });
}

/** [pixels, places × inChannels] at some places of the filter. */
export function patchesOf(phases: Phases, g: Conv2DGeometry, places: readonly Place[]): Tensor {
  return tidy(() => {
    const seen = places.map((place) => {
      const {phase, row, column} = corner(place, g);
      const [images] = phases[phase].shape;
      const rectangle = slice(
        phases[phase],
        [0, row, column * g.inChannels],
        [images, g.outHeight, g.outWidth * g.inChannels],
      );
      return reshape(rectangle, [images * g.outHeight * g.outWidth, g.inChannels]);
    });
    return concat(seen, 1);
  });
}

/** Adds patches to what the places of the filter see (col2im): the reverse of `patchesOf`. Frees the phases given. */
export function addPatches(phases: Phases, patches: Tensor, g: Conv2DGeometry, places: readonly Place[]): Phases {
  const sums = [...phases];
  const {height, width} = phaseSize(g);
  places.forEach((place, index) => {
    const {phase, row, column} = corner(place, g);
    sums[phase] = accumulate(sums[phase], (before) => {
      const [images] = before.shape;
      const seen = slice(patches, [0, index * g.inChannels], [patches.shape[0], g.inChannels]);
      const placed = pad(reshape(seen, [images, g.outHeight, g.outWidth * g.inChannels]), [
        [0, 0],
        [row, height - row - g.outHeight],
        [column * g.inChannels, (width - column - g.outWidth) * g.inChannels],
      ]);
      return add(before, placed);
    });
  });
  return sums;
}

/** Where a place of the filter meets the padded image at output pixel (0, 0): the phase, and row and column in it. */
function corner({i, j}: Place, g: Conv2DGeometry): {phase: number; row: number; column: number} {
  const top = i * g.dilationHeight;
  const left = j * g.dilationWidth;
  return {
    phase: (top % g.strideHeight) * g.strideWidth + (left % g.strideWidth),
    row: Math.floor(top / g.strideHeight),
    column: Math.floor(left / g.strideWidth),
  };
}
