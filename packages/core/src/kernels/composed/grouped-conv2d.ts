// SPDX-License-Identifier: Apache-2.0
import {concat, engine, type KernelConfig, split, type Tensor, zeros} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {defineComposed} from './define-composed.js';
import {sayOnce} from './say-composed.js';
import {tfjsAttributes} from './tfjs-conv2d.js';

/** TF.js's own Conv2D, which takes explicit padding and dilations with strides (it is `tf.conv2d` that refuses them), once per group. */
export function composedGroupedConv2D(backendName: string): KernelConfig {
  const say = sayOnce('GroupedConv2D', backendName);
  return defineComposed('GroupedConv2D', backendName, (tensor, {x, filter}, {geometry}) => {
    if (geometry.groups > 1) say();
    return conv(tensor(x), tensor(filter), geometry);
  });
}

function conv(x: Tensor, filter: Tensor, g: Conv2DGeometry): Tensor {
  if (g.batch === 0) return zeros([0, g.outHeight, g.outWidth, g.outChannels]);
  const attributes = tfjsAttributes(g);
  const convGroup = (images: Tensor, weights: Tensor): Tensor =>
    engine().runKernel('Conv2D', {x: images, filter: weights}, attributes);
  if (g.groups === 1) return convGroup(x, filter);
  const filters = split(filter, g.groups, 3);
  return concat(
    split(x, g.groups, 3).map((images, group) => convGroup(images, filters[group])),
    3,
  );
}
