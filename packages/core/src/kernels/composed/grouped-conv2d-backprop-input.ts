// SPDX-License-Identifier: Apache-2.0
import {
  add,
  concat,
  engine,
  type KernelConfig,
  matMul,
  reshape,
  slice,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {accumulate} from './accumulate.js';
import {batchBlocks, filterPlaces} from './blocks.js';
import {defineComposed} from './define-composed.js';
import {sayOnce} from './say-composed.js';
import {tfjsAttributes, tfjsCanBackprop} from './tfjs-conv2d.js';
import {pixelMatrix, rowRange, scatterTap, unpaddedChannelsLast} from './windows.js';

/** dX = ΣdY·F: TF.js's own kernel where it can, otherwise a matrix product per tap and group. */
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
    return tapByTap(tensor(filter), tensor(dy), g);
  });
}

function tapByTap(filter: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  const groupInChannels = g.inChannels / g.groups;
  const groupOutChannels = g.outChannels / g.groups;
  const groups = Array.from({length: g.groups}, (_, group) => group);
  const paddedHeight = g.inHeight + g.padTop + g.padBottom;
  const paddedWidth = g.inWidth + g.padLeft + g.padRight;
  const images = batchBlocks(g, Math.max(g.inChannels, g.outChannels)).map((range) =>
    tidy(() => {
      const dyRows = pixelMatrix(dy, g, range);
      let dx: Tensor = zeros([g.inChannels, range.size, paddedHeight, paddedWidth]);
      for (const {i, j} of filterPlaces(g)) {
        dx = accumulate(dx, (before) => {
          const products = groups.map((group) => {
            const weights = slice(
              filter,
              [i, j, 0, group * groupOutChannels],
              [1, 1, groupInChannels, groupOutChannels],
            );
            const range = {start: group * groupOutChannels, size: groupOutChannels};
            return matMul(reshape(weights, [groupInChannels, groupOutChannels]), rowRange(dyRows, range));
          });
          return add(before, scatterTap(concat(products, 0), g, range.size, i, j));
        });
      }
      return unpaddedChannelsLast(dx, g);
    }),
  );
  return concat(images, 0);
}
