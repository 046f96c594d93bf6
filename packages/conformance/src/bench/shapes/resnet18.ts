// SPDX-License-Identifier: Apache-2.0
import type {ShapeSet} from './layer-shape.js';

export const resnet18: ShapeSet = {
  name: 'resnet18',
  source: 'ResNet-18 on 224 × 224 × 3 images (He et al., arXiv 1512.03385, table 1)',
  batch: 4,
  quickBatch: 1,
  layers: [
    {size: 224, inChannels: 3, outChannels: 64, filterSize: 7, stride: 2, pad: 3, count: 1},
    {size: 56, inChannels: 64, outChannels: 64, filterSize: 3, stride: 1, pad: 1, count: 4},
    {size: 56, inChannels: 64, outChannels: 128, filterSize: 3, stride: 2, pad: 1, count: 1},
    {size: 56, inChannels: 64, outChannels: 128, filterSize: 1, stride: 2, pad: 0, count: 1},
    {size: 28, inChannels: 128, outChannels: 128, filterSize: 3, stride: 1, pad: 1, count: 3},
    {size: 28, inChannels: 128, outChannels: 256, filterSize: 3, stride: 2, pad: 1, count: 1},
    {size: 28, inChannels: 128, outChannels: 256, filterSize: 1, stride: 2, pad: 0, count: 1},
    {size: 14, inChannels: 256, outChannels: 256, filterSize: 3, stride: 1, pad: 1, count: 3},
    {size: 14, inChannels: 256, outChannels: 512, filterSize: 3, stride: 2, pad: 1, count: 1},
    {size: 14, inChannels: 256, outChannels: 512, filterSize: 1, stride: 2, pad: 0, count: 1},
    {size: 7, inChannels: 512, outChannels: 512, filterSize: 3, stride: 1, pad: 1, count: 3},
  ],
};
