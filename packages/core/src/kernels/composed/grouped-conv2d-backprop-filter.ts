// SPDX-License-Identifier: Apache-2.0
import {
  add,
  concat,
  engine,
  getBackend,
  type KernelConfig,
  matMul,
  reshape,
  slice,
  stack,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {registeredKernel} from '../register-kernels.js';
import {accumulate} from './accumulate.js';
import {batchBlocks, filterPlaces} from './blocks.js';
import {defineComposed} from './define-composed.js';
import {sayOnce} from './say-composed.js';
import {tfjsAttributes, tfjsCanBackprop} from './tfjs-conv2d.js';
import {paddedChannelsFirst, rowRange, tapMatrix} from './windows.js';

/** dF = ΣdY·X: TF.js's own kernel where it can, otherwise a matrix product per tap and group. */
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
  let dFilter: Tensor = zeros([g.filterHeight * g.filterWidth, g.inChannels / g.groups, g.outChannels]);
  for (const range of batchBlocks(g, Math.max(g.inChannels, g.outChannels))) {
    dFilter = accumulate(dFilter, (before) => {
      const padded = paddedChannelsFirst(x, g, range);
      const images = slice(dy, [range.start, 0, 0, 0], [range.size, g.outHeight, g.outWidth, g.outChannels]);
      const dyColumns: Tensor = reshape(images, [range.size * g.outHeight * g.outWidth, g.outChannels]);
      const places = filterPlaces(g).map(({i, j}) =>
        tidy(() => placeProduct(tapMatrix(padded, g, i, j), dyColumns, g)),
      );
      return add(before, stack(places));
    });
  }
  return reshape(dFilter, filterShape);
}

/** [inChannels, pixels] × [pixels, outChannels] within each group: [inChannels / groups, outChannels]. */
function placeProduct(taps: Tensor, dyColumns: Tensor, g: Conv2DGeometry): Tensor {
  const inChannels = g.inChannels / g.groups;
  const outChannels = g.outChannels / g.groups;
  const [pixels = 0] = dyColumns.shape;
  if (g.groups === 1) return matMul(taps, dyColumns);
  const products = Array.from({length: g.groups}, (_, group) =>
    matMul(
      rowRange(taps, {start: group * inChannels, size: inChannels}),
      slice(dyColumns, [0, group * outChannels], [pixels, outChannels]),
    ),
  );
  return concat(products, 1);
}
