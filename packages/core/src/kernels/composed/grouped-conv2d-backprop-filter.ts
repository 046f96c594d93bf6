// SPDX-License-Identifier: Apache-2.0
import {
  add,
  concat,
  engine,
  getBackend,
  type KernelConfig,
  matMul,
  reshape,
  type Tensor,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {registeredKernel} from '../register-kernels.js';
import {defineComposed} from './define-composed.js';
import {divide, overBatch, overGroups} from './parts.js';
import {patchesOf, phasesOf} from './patches.js';
import {sayOnce} from './say-composed.js';
import {tfjsAttributes, tfjsCanBackprop} from './tfjs-conv2d.js';

/** dF = ΣdY·X: TF.js's own kernel where it can, otherwise matrix products. */
export function composedGroupedConv2DBackpropFilter(backendName: string): KernelConfig {
  const say = sayOnce('GroupedConv2DBackpropFilter', backendName);
  return defineComposed('GroupedConv2DBackpropFilter', backendName, (tensor, {x, dy}, {geometry}) => {
    if (!tfjsCanBackprop('Conv2DBackpropFilter', geometry)) say();
    return backpropFilter(tensor(x), tensor(dy), geometry);
  });
}

/** dF = ΣdY·X by the backend's kernel, or composed if it has none. For composed kernels that are made of it. */
export function convBackpropFilter(x: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  return registeredKernel('GroupedConv2DBackpropFilter', getBackend()) === undefined
    ? backpropFilter(x, dy, g)
    : engine().runKernel<Tensor>('GroupedConv2DBackpropFilter', {x, dy}, {geometry: g});
}

function backpropFilter(x: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  const filterShape = [g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels];
  if (g.batch === 0) return zeros(filterShape);
  if (tfjsCanBackprop('Conv2DBackpropFilter', g)) {
    return engine().runKernel<Tensor>('Conv2DBackpropFilter', {x, dy}, {...tfjsAttributes(g), filterShape});
  }
  return overGroups([x, dy], g, ([images, gradients], group) => patchProducts(images, gradients, group));
}

/** The transposed patches of x times dY. Ungrouped geometry. */
function patchProducts(x: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  const {images, placeSets} = divide(g);
  const parts = overBatch([x, dy], images, (part, dyPart) => {
    const phases = phasesOf(part, g);
    const dyMatrix: Tensor = reshape(dyPart, [part.shape[0] * g.outHeight * g.outWidth, g.outChannels]);
    // Transposed beforehand: matMul is fast on the wasm backend only when it need not transpose.
    const sets = placeSets.map((places) => tidy(() => matMul(transpose(patchesOf(phases, g, places)), dyMatrix)));
    return concat(sets, 0);
  });
  const dFilter = parts.reduce((total, part) => add(total, part));
  return reshape(dFilter, [g.filterHeight, g.filterWidth, g.inChannels, g.outChannels]);
}
