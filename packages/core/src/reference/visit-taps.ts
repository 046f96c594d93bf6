// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '../kernels/contract.js';

/** Marks a tap that lies in the padding. */
export const PADDING = -1;

/**
 * Calls `visit` once for every tap: every pair of an output element and a filter element that meet. Indices are into the flat arrays of x
 * (`PADDING` where the tap lies outside x), filter and y.
 */
export function visitTaps(
  g: Conv2DGeometry,
  visit: (xIndex: number, filterIndex: number, yIndex: number) => void,
): void {
  const groupInChannels = g.inChannels / g.groups;
  const groupOutChannels = g.outChannels / g.groups;
  let yIndex = 0;
  for (let b = 0; b < g.batch; b++) {
    for (let outRow = 0; outRow < g.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < g.outWidth; outColumn++) {
        for (let t = 0; t < g.outChannels; t++, yIndex++) {
          const firstChannel = Math.floor(t / groupOutChannels) * groupInChannels;
          for (let i = 0; i < g.filterHeight; i++) {
            const row = outRow * g.strideHeight + i * g.dilationHeight - g.padTop;
            for (let j = 0; j < g.filterWidth; j++) {
              const column = outColumn * g.strideWidth + j * g.dilationWidth - g.padLeft;
              const inside = row >= 0 && row < g.inHeight && column >= 0 && column < g.inWidth;
              const pixel = ((b * g.inHeight + row) * g.inWidth + column) * g.inChannels + firstChannel;
              for (let k = 0; k < groupInChannels; k++) {
                const filterIndex = ((i * g.filterWidth + j) * groupInChannels + k) * g.outChannels + t;
                visit(inside ? pixel + k : PADDING, filterIndex, yIndex);
              }
            }
          }
        }
      }
    }
  }
}

/** Number of elements of x, filter and y. */
export function elementCounts(g: Conv2DGeometry): {x: number; filter: number; y: number} {
  return {
    x: g.batch * g.inHeight * g.inWidth * g.inChannels,
    filter: g.filterHeight * g.filterWidth * (g.inChannels / g.groups) * g.outChannels,
    y: g.batch * g.outHeight * g.outWidth * g.outChannels,
  };
}

/** @throws RangeError when an array does not have the number of elements that the geometry says. */
export function checkLength(name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) {
    throw new RangeError(`reference: ${name} has ${values.length} elements; the geometry says ${expected}`);
  }
}
