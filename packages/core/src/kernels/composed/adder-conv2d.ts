// SPDX-License-Identifier: Apache-2.0
import {
  abs,
  add,
  concat,
  type KernelConfig,
  neg,
  reshape,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {accumulate} from './accumulate.js';
import {defineComposed} from './define-composed.js';
import {divide, filterMatrix, overBatch, overGroups, rowsOf} from './parts.js';
import {patchesOf, phasesOf} from './patches.js';

/**
 * Y = −Σ|X − F| for any backend: the patches of some images against one filter after the other, so that no temporary has
 * pixels × inChannels × outChannels elements.
 */
export function composedAdderConv2D(backendName: string): KernelConfig {
  return defineComposed('AdderConv2D', backendName, (tensor, {x, filter}, {geometry: g}) =>
    g.batch === 0
      ? zeros([0, g.outHeight, g.outWidth, g.outChannels])
      : overGroups([tensor(x), tensor(filter)], g, ([images, weights], group) => adderConv2D(images, weights, group)),
  );
}

function adderConv2D(x: Tensor, filter: Tensor, g: Conv2DGeometry): Tensor {
  const {images, placeSets} = divide(g);
  const filters = placeSets.map((places) => ({
    places,
    rows: rowsOf(transpose(filterMatrix(filter, g, places))),
  }));
  const parts = overBatch([x], images, (part) => {
    const phases = phasesOf(part, g);
    let distances: Tensor = zeros([g.outChannels, part.shape[0] * g.outHeight * g.outWidth]);
    for (const {places, rows} of filters) {
      distances = accumulate(distances, (before) => {
        const patches = patchesOf(phases, g, places);
        return add(before, stack(rows.map((row) => tidy(() => sum(abs(sub(patches, row)), 1)))));
      });
    }
    return reshape(neg(transpose(distances)), [part.shape[0], g.outHeight, g.outWidth, g.outChannels]);
  });
  return concat(parts, 0);
}
