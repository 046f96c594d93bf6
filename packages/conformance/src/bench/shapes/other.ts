// SPDX-License-Identifier: Apache-2.0
import type {ShapeSet} from './layer-shape.js';

export const otherShapes: ShapeSet = {
  name: 'other',
  source:
    'channel counts that leave parts of tiles empty, 1 × 1 filters as in bottlenecks, 5 × 5, and 7 × 7 with stride 2',
  batch: 16,
  quickBatch: 4,
  layers: [
    {size: 33, inChannels: 5, outChannels: 7, filterSize: 3, stride: 1, pad: 1, count: 1},
    {size: 15, inChannels: 24, outChannels: 40, filterSize: 3, stride: 2, pad: 1, count: 1},
    {size: 17, inChannels: 20, outChannels: 20, filterSize: 5, stride: 1, pad: 2, count: 1},
    {size: 28, inChannels: 64, outChannels: 256, filterSize: 1, stride: 1, pad: 0, count: 1},
    {size: 14, inChannels: 256, outChannels: 64, filterSize: 1, stride: 1, pad: 0, count: 1},
    {size: 9, inChannels: 100, outChannels: 100, filterSize: 1, stride: 1, pad: 0, count: 1},
    {size: 64, inChannels: 3, outChannels: 32, filterSize: 7, stride: 2, pad: 3, count: 1},
  ],
};
