// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';

/** A geometry as assembly/geometry.ts reads it. */
export function geometryTable(g: Conv2DGeometry): Int32Array {
  return Int32Array.of(
    g.batch,
    g.inHeight,
    g.inWidth,
    g.inChannels / g.groups,
    g.outHeight,
    g.outWidth,
    g.outChannels / g.groups,
    g.filterHeight,
    g.filterWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.padTop,
    g.padLeft,
    g.groups,
  );
}
