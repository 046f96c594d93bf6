// SPDX-License-Identifier: Apache-2.0
import type {LayerShape} from './resnet20-layers.js';

/** The convolution-like layers of VGG-small on 32 × 32 images behind the first, as in AdderNet's comparison on CIFAR (arXiv 1912.13200, §4.2). */
export const VGG_SMALL_LAYERS: readonly LayerShape[] = [
  {size: 32, inChannels: 128, outChannels: 128, filterSize: 3, stride: 1, pad: 1, count: 1},
  {size: 16, inChannels: 128, outChannels: 256, filterSize: 3, stride: 1, pad: 1, count: 1},
  {size: 16, inChannels: 256, outChannels: 256, filterSize: 3, stride: 1, pad: 1, count: 1},
  {size: 8, inChannels: 256, outChannels: 512, filterSize: 3, stride: 1, pad: 1, count: 1},
  {size: 8, inChannels: 512, outChannels: 512, filterSize: 3, stride: 1, pad: 1, count: 1},
];
