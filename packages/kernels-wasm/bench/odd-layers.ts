// SPDX-License-Identifier: Apache-2.0
import type {LayerShape} from './resnet20-layers.js';

/** Shapes that leave parts of tiles empty. */
export const ODD_LAYERS: readonly LayerShape[] = [
  {size: 33, inChannels: 5, outChannels: 7, filterSize: 3, stride: 1, pad: 1, count: 1},
  {size: 17, inChannels: 20, outChannels: 20, filterSize: 5, stride: 1, pad: 2, count: 1},
  {size: 15, inChannels: 24, outChannels: 40, filterSize: 3, stride: 2, pad: 1, count: 1},
  {size: 9, inChannels: 100, outChannels: 100, filterSize: 1, stride: 1, pad: 0, count: 1},
];
