// SPDX-License-Identifier: Apache-2.0
import type {LayerShape, ShapeSet} from './layer-shape.js';

function depthwise(size: number, channels: number, stride: number, count: number): LayerShape {
  return {size, inChannels: channels, outChannels: channels, filterSize: 3, stride, pad: 1, count, depthwise: true};
}

export const mobilenetV2: ShapeSet = {
  name: 'mobilenet-v2',
  source: 'the depthwise layers of MobileNet-V2 on 224 × 224 × 3 images (Sandler et al., arXiv 1801.04381, table 2)',
  batch: 4,
  quickBatch: 1,
  layers: [
    depthwise(112, 32, 1, 1),
    depthwise(112, 96, 2, 1),
    depthwise(56, 144, 1, 1),
    depthwise(56, 144, 2, 1),
    depthwise(28, 192, 1, 2),
    depthwise(28, 192, 2, 1),
    depthwise(14, 384, 1, 4),
    depthwise(14, 576, 1, 2),
    depthwise(14, 576, 2, 1),
    depthwise(7, 960, 1, 3),
  ],
};
