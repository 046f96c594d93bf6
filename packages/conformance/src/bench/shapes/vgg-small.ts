// SPDX-License-Identifier: Apache-2.0
import type {ShapeSet} from './layer-shape.js';

export const vggSmall: ShapeSet = {
  name: 'vgg-small',
  source: 'VGG-small on 32 × 32 × 3 images, 128-128-256-256-512-512, as in AdderNet (arXiv 1912.13200, table 2)',
  batch: 128,
  quickBatch: 2,
  layers: [
    {size: 32, inChannels: 3, outChannels: 128, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 32, inChannels: 128, outChannels: 128, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 16, inChannels: 128, outChannels: 256, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 16, inChannels: 256, outChannels: 256, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 8, inChannels: 256, outChannels: 512, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 8, inChannels: 512, outChannels: 512, filterSize: 3, stride: 1, pad: 1, count: 1},
  ],
};
