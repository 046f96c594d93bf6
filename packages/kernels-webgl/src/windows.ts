// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {Uniform} from './program.js';

type Pair = readonly [height: number, width: number];

/** What follows from a geometry for every shader over windows. */
export interface Windows {
  readonly geometry: Conv2DGeometry;
  readonly groupInChannels: number;
  readonly groupOutChannels: number;
  /** The padded image as far as any window reaches, of which only every step-th row and column is kept. */
  readonly padded: Pair;
  /** The stride where a filter has one row (column), which then skips rows (columns) of the image altogether; otherwise 1. */
  readonly steps: Pair;
  /** From one window to the next, in kept rows and columns. */
  readonly paddedStrides: Pair;
}

export function windowsOf(geometry: Conv2DGeometry): Windows {
  const {outHeight, outWidth, filterHeight, filterWidth} = geometry;
  const {strideHeight, strideWidth, dilationHeight, dilationWidth} = geometry;
  const steps = [filterHeight === 1 ? strideHeight : 1, filterWidth === 1 ? strideWidth : 1] as const;
  const paddedStrides = [strideHeight / steps[0], strideWidth / steps[1]] as const;
  return {
    geometry,
    groupInChannels: geometry.inChannels / geometry.groups,
    groupOutChannels: geometry.outChannels / geometry.groups,
    padded: [
      (outHeight - 1) * paddedStrides[0] + (filterHeight - 1) * dilationHeight + 1,
      (outWidth - 1) * paddedStrides[1] + (filterWidth - 1) * dilationWidth + 1,
    ],
    steps,
    paddedStrides,
  };
}

/** The sizes as the shaders have them. */
export function sizeUniforms({geometry: g}: Windows): Readonly<Record<string, Uniform>> {
  return {
    inSize: [g.batch, g.inHeight, g.inWidth, g.inChannels],
    outSize: [g.batch, g.outHeight, g.outWidth, g.outChannels],
    filterSize: [g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels / g.groups],
    dilations: [g.dilationHeight, g.dilationWidth],
  };
}

/** Sizes, and how windows lie on the padded image. */
export function paddedUniforms(windows: Windows): Readonly<Record<string, Uniform>> {
  return {...sizeUniforms(windows), paddedSize: windows.padded, strides: windows.paddedStrides};
}

/** Whether two neighbouring channels can lie in different groups. */
export function splitsPairs(groups: number, groupChannels: number): boolean {
  return groups > 1 && groupChannels % 2 === 1;
}
