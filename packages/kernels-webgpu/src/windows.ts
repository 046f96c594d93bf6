// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {Components, Uniform} from './program.js';

/** A geometry with what follows from it for every shader over windows. */
export interface Windows extends Conv2DGeometry {
  readonly groupInChannels: number;
  readonly groupOutChannels: number;
  /** Elements of a filter: filterHeight × filterWidth × groupInChannels. */
  readonly filterSize: number;
}

export function windowsOf(geometry: Conv2DGeometry): Windows {
  const groupInChannels = geometry.inChannels / geometry.groups;
  return {
    ...geometry,
    groupInChannels,
    groupOutChannels: geometry.outChannels / geometry.groups,
    filterSize: geometry.filterHeight * geometry.filterWidth * groupInChannels,
  };
}

/** Whether channels of a group can be read four at a time. */
export const componentsOf = (groupChannels: number): Components => (groupChannels % 4 === 0 ? 4 : 1);

/** The sizes as the shaders have them. */
export function sizeUniforms(w: Windows): Readonly<Record<string, Uniform>> {
  return {
    inSize: [w.batch, w.inHeight, w.inWidth, w.inChannels],
    outSize: [w.batch, w.outHeight, w.outWidth, w.outChannels],
    filterSize: [w.filterHeight, w.filterWidth, w.groupInChannels, w.groupOutChannels],
    strides: [w.strideHeight, w.strideWidth],
    dilations: [w.dilationHeight, w.dilationWidth],
    padding: [w.padTop, w.padLeft],
  };
}
