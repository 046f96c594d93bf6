// SPDX-License-Identifier: Apache-2.0
import type {ShapeSet} from './layer-shape.js';

export const resnet20: ShapeSet = {
  name: 'resnet20',
  source:
    "ResNet-20 on 32 × 32 × 3 images (He et al., arXiv 1512.03385, §4.2), with 1 × 1 projections as in AdderNet's code",
  batch: 128,
  quickBatch: 16,
  layers: [
    {size: 32, inChannels: 3, outChannels: 16, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 32, inChannels: 16, outChannels: 16, filterSize: 3, stride: 1, pad: 1, count: 6},
    {size: 32, inChannels: 16, outChannels: 32, filterSize: 3, stride: 2, pad: 1, count: 1},
    {size: 32, inChannels: 16, outChannels: 32, filterSize: 1, stride: 2, pad: 0, count: 1},
    {size: 16, inChannels: 32, outChannels: 32, filterSize: 3, stride: 1, pad: 1, count: 5},
    {size: 16, inChannels: 32, outChannels: 64, filterSize: 3, stride: 2, pad: 1, count: 1},
    {size: 16, inChannels: 32, outChannels: 64, filterSize: 1, stride: 2, pad: 0, count: 1},
    {size: 8, inChannels: 64, outChannels: 64, filterSize: 3, stride: 1, pad: 1, count: 5},
  ],
};
