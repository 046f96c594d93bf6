// SPDX-License-Identifier: Apache-2.0
import {concat, engine, type KernelConfig, matMul, reshape, type Tensor, transpose, zeros} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {defineComposed} from './define-composed.js';
import {divide, filterMatrix, overBatch, overGroups} from './parts.js';
import {addPatches, emptyPhases, imagesOf} from './patches.js';
import {sayOnce} from './say-composed.js';
import {tfjsAttributes, tfjsCanBackprop} from './tfjs-conv2d.js';

/** dX = ΣdY·F: TF.js's own kernel where it can, otherwise matrix products. */
export function composedGroupedConv2DBackpropInput(backendName: string): KernelConfig {
  const say = sayOnce('GroupedConv2DBackpropInput', backendName);
  return defineComposed('GroupedConv2DBackpropInput', backendName, (tensor, {filter, dy}, {geometry: g}) => {
    const xShape = [g.batch, g.inHeight, g.inWidth, g.inChannels];
    if (g.batch === 0) return zeros(xShape);
    if (tfjsCanBackprop('Conv2DBackpropInput', g)) {
      const inputs = {dy: tensor(dy), filter: tensor(filter)};
      return engine().runKernel<Tensor>('Conv2DBackpropInput', inputs, {...tfjsAttributes(g), inputShape: xShape});
    }
    say();
    return overGroups([tensor(filter), tensor(dy)], g, ([weights, gradients], group) =>
      patchProducts(weights, gradients, group),
    );
  });
}

/** dY times the transposed filter is what each patch of x gets. Ungrouped geometry. */
function patchProducts(filter: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  const {images, placeSets} = divide(g);
  const filters = placeSets.map((places) => ({places, matrix: transpose(filterMatrix(filter, g, places))}));
  const parts = overBatch([dy], images, (part) => {
    const dyMatrix: Tensor = reshape(part, [part.shape[0] * g.outHeight * g.outWidth, g.outChannels]);
    let dx = emptyPhases(part.shape[0], g);
    for (const {places, matrix} of filters) {
      const dPatches = matMul(dyMatrix, matrix);
      dx = addPatches(dx, dPatches, g, places);
      dPatches.dispose();
    }
    return imagesOf(dx, g);
  });
  return concat(parts, 0);
}
