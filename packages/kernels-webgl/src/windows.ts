// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {Uniform} from './program.js';

/** What follows from a geometry for every shader over windows. */
export interface Windows {
  readonly geometry: Conv2DGeometry;
  readonly groupInChannels: number;
  readonly groupOutChannels: number;
  /** Rows and columns of the padded image that any window reaches. */
  readonly paddedHeight: number;
  readonly paddedWidth: number;
}

export function windowsOf(geometry: Conv2DGeometry): Windows {
  const {outHeight, outWidth, filterHeight, filterWidth} = geometry;
  const {strideHeight, strideWidth, dilationHeight, dilationWidth} = geometry;
  return {
    geometry,
    groupInChannels: geometry.inChannels / geometry.groups,
    groupOutChannels: geometry.outChannels / geometry.groups,
    paddedHeight: (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1,
    paddedWidth: (outWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1,
  };
}

/** The geometry as the shaders have it. */
export function windowUniforms({geometry: g}: Windows): Readonly<Record<string, Uniform>> {
  return {
    inSize: [g.batch, g.inHeight, g.inWidth, g.inChannels],
    outSize: [g.batch, g.outHeight, g.outWidth, g.outChannels],
    filterSize: [g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels / g.groups],
    strides: [g.strideHeight, g.strideWidth],
    dilations: [g.dilationHeight, g.dilationWidth],
  };
}

/** Whether two neighbouring channels can lie in different groups. */
export function splitsPairs(groups: number, groupChannels: number): boolean {
  return groups > 1 && groupChannels % 2 === 1;
}
